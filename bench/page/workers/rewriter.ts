/**
 * The five mutations as somebody would write them by hand, for these pages alone. It leaves the headers as they are, which
 * a real site could not (the ETag is now wrong, and caches may keep the page): the cheapest that can be held against us.
 */
export default {
  async fetch(request: Request, env: { readonly ORIGIN: string }): Promise<Response> {
    const path = request.url.slice(request.url.indexOf("/", 8));
    const response = await fetch(new Request(env.ORIGIN + path, request));
    return new HTMLRewriter()
      .on("#title", title)
      .on(".offer", offer)
      .on("#new", link)
      .on("#banner", banner)
      .on("#basket", basket)
      .transform(response);
  },
};

const title = { element: (element: Element) => void element.setInnerContent("Still awake, reader?") };
const offer = {
  element: (element: Element) => void element.setAttribute("class", `${element.getAttribute("class")} offer--night`),
};
const link = { element: (element: Element) => void element.setAttribute("href", "/genre/night") };
const banner = {
  element: (element: Element) => void element.setInnerContent("<p>Free delivery <b>tonight</b></p>", { html: true }),
};
const basket = { element: (element: Element) => void element.append("<li>A reading lamp</li>", { html: true }) };
