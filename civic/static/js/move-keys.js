// move-keys.js: n and p move between new comments, or between all where none is new. Single keys can be in the way of
// somebody who speaks to the computer or types to search, so a switch beside the discussion turns them off (WCAG 2.1.4);
// the device remembers it. They are on for members, whose new comments are marked, and off for others until switched on.
const STEPS = { n: 1, j: 1, p: -1, k: -1 }

class MoveKeys extends customElements.get("key-switch") {
  store = "civic:keys"

  answer(event) {
    const { key, target } = event
    if (!this.on || event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return
    if (target.isContentEditable || target.closest?.("input, textarea, select, dialog, [role=textbox]")) return
    if (key === "?") this.help.showModal()
    else if (STEPS[key]) this.go(STEPS[key])
    else return
    event.preventDefault()
  }

  go(step) {
    const fresh = [...document.querySelectorAll(".thread .comment[data-new]")]
    const all = fresh.length ? fresh : [...document.querySelectorAll(".thread .comment:not(.comment--gone)")]
    const next = this.next(all, step)
    const kind = fresh.length ? "new comment" : "comment"
    if (!next) return this.say(all.length ? `No ${kind} ${step > 0 ? "further down" : "further up"} on this page.` : "No comments yet.")
    next.tabIndex = -1
    next.focus({ preventScroll: true })
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    next.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" })
    const name = next.querySelector(".comment__name")?.textContent
    this.say(`${kind[0].toUpperCase()}${kind.slice(1)} ${all.indexOf(next) + 1} of ${all.length}, by ${name}`)
  }

  // From the comment that has the focus; else from what is on the screen.
  next(all, step) {
    const here = document.activeElement?.closest(".comment")
    const follows = (comment) => here
      ? comment !== here && !!(here.compareDocumentPosition(comment) & Node.DOCUMENT_POSITION_FOLLOWING)
      : comment.getBoundingClientRect().top > 0
    const before = all.filter((comment) => comment !== here && !follows(comment))
    return step > 0 ? all.find(follows) : before.at(-1)
  }
}
customElements.define("move-keys", MoveKeys)
