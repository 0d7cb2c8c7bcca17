// reply-here.js: "Reply" and "Edit" open their form under the comment instead of leading to a page with the same form.
const replyHere = {
  // The id of the section that a link opens, as the server names it: r7 answers comment 7, e7 changes it.
  place: (link) => link.pathname.replace(/^.*\/c\/(\d+)\/(.).*$/, "$2$1"),

  async open(link) {
    const there = document.getElementById(this.place(link))
    if (!there) link.setAttribute("aria-busy", "true")
    const answer = there ? null : await fetch(link.href).catch(() => null)
    link.removeAttribute("aria-busy")
    if (!there && !answer) return link.after(document.createElement("not-reached"))
    const section = there ?? (await this.drawn(answer))
    if (!section) return location.assign(link.href)
    this.close()
    if (!there) link.closest("article").after(section)
    section.hidden = false
    link.setAttribute("aria-expanded", "true")
    link.closest("details")?.removeAttribute("open")
    ;(section.querySelector("textarea") ?? section.querySelector("a")).focus()
  },

  async drawn(answer) {
    if (!answer.ok || answer.redirected) return null
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".composer form")?.closest(".composer")
  },

  // Whatever form is open; returns where the focus belongs then. It is only hidden, so that no word is lost where the
  // browser keeps nothing.
  close() {
    const section = document.querySelector(".thread .composer:not([hidden])")
    if (!section) return null
    section.hidden = true
    const link = section.parentElement.querySelector("a[aria-expanded]")
    link?.removeAttribute("aria-expanded")
    return link?.closest("details")?.querySelector("summary") ?? link
  },
}

document.addEventListener("click", (event) => {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented) return
  const link = event.target.closest?.('.thread a[href$="/reply/"], .thread a[href$="/edit/"]')
  const cancel = event.target.closest?.(".thread .composer [data-close]")
  if (!link && !cancel) return
  event.preventDefault()
  if (cancel) replyHere.close()?.focus()
  else if (!link.hasAttribute("aria-busy")) replyHere.open(link)
})

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && event.target.closest?.(".thread .composer")) replyHere.close()?.focus()
})
