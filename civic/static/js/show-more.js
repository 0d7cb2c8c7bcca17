// show-more.js: more comments in their place. What the next page brings is put where it belongs; what is there stays.
class ShowMore extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a.more")
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      this.bring(link)
    })
  }

  async bring(link) {
    if (link.ariaBusy === "true") return
    link.ariaBusy = "true"
    const url = new URL(link.href)
    url.searchParams.set("part", "list")
    const answer = await fetch(url).catch(() => null)
    link.ariaBusy = "false"
    if (!answer) return link.after(document.createElement("not-reached"))
    if (!answer.ok) return location.assign(link.href)
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const place = link.closest(".replies__more, .pager")
    const owner = place.matches("li") && place.parentElement.closest("li").querySelector(":scope > article")
    const from = owner ? page.getElementById(owner.id)?.parentElement.querySelector(":scope > .replies") : page.querySelector(".thread")
    if (!from) return location.assign(link.href)
    const added = this.merge(from, owner ? place.parentElement : this.querySelector(".thread"))
    const following = page.querySelector(".pager .more")
    if (following) link.replaceWith(following)
    else place.remove()
    if (!added.length) return
    added[0].tabIndex = -1
    added[0].focus({ preventScroll: true })
    this.dispatchEvent(new CustomEvent("comments-added", { bubbles: true, detail: added }))
  }

  // Comments that are here already are only passed through; new ones go in before "show more". Returns the articles put in.
  merge(from, into) {
    const added = []
    for (const item of [...from.children]) {
      const article = item.querySelector(":scope > article")
      if (!article) continue
      const here = document.getElementById(article.id)?.closest("li")
      const answers = item.querySelector(":scope > .replies")
      if (!here) {
        into.insertBefore(item, into.querySelector(":scope > .replies__more"))
        added.push(article)
      } else if (answers) {
        const own = here.querySelector(":scope > .replies")
        if (own) added.push(...this.merge(answers, own))
        else {
          here.append(answers)
          added.push(...answers.querySelectorAll("article"))
        }
      }
    }
    return added
  }
}
customElements.define("show-more", ShowMore)
