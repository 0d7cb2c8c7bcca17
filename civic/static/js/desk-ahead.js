// desk-ahead.js: at the desk the next case is fetched while this one is read, and so stands there at once.
let placed = ""   // the path of the case that was put in place last

class DeskAhead extends HTMLElement {
  connectedCallback() {
    this.link = this.closest(".case").querySelector("a[rel=next]")
    if (!this.link || navigator.connection?.saveData) return
    this.timer = setTimeout(() => { this.page = this.fetched() }, 300)
    this.go = (event) => this.follow(event)
    document.addEventListener("click", this.go)
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
    document.removeEventListener("click", this.go)
  }

  // Nothing is claimed by fetching: only the page that is looked at does that.
  async fetched() {
    const answer = await fetch(this.link.href).catch(() => null)
    if (!answer?.ok || answer.redirected) return null
    return new DOMParser().parseFromString(await answer.text(), "text/html")
  }

  async follow(event) {
    const link = event.target.closest?.("a")
    if (link?.href !== this.link.href || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !this.page) return
    event.preventDefault()
    const page = await this.page
    const main = page?.querySelector("main.desk")
    if (!main) return location.assign(link.href)
    history.pushState(null, "", link.href)
    placed = location.pathname
    document.title = page.title
    document.querySelector(".toast")?.remove()
    document.querySelector("main.desk").replaceWith(main)
    scrollTo(0, 0)
    const heading = main.querySelector("#case-title")
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }
}
customElements.define("desk-ahead", DeskAhead)

// Back leads to pages that were put in place, too: they are loaded anew. A place within a page is none.
addEventListener("popstate", () => {
  if (placed && location.pathname !== placed) location.reload()
})
