// mark-read.js: tells the server how far a member has read, once the discussion has been looked at for some seconds.
const LOOKED_AT = 4000

class MarkRead extends HTMLElement {
  connectedCallback() {
    const list = document.querySelector(".thread")
    this.form = this.querySelector("form")
    if (!document.querySelector("[data-new]")) this.form.hidden = true
    if (!list) return
    this.observer = new IntersectionObserver(([seen]) => this.see(seen.isIntersecting), { rootMargin: "-20% 0px" })
    this.observer.observe(list)
    this.turn = () => this.see(this.near)
    document.addEventListener("visibilitychange", this.turn)
  }

  disconnectedCallback() {
    this.rest()
  }

  see(near) {
    this.near = near
    clearTimeout(this.timer)
    if (near && !document.hidden) this.timer = setTimeout(() => this.tell(), LOOKED_AT)
  }

  // Once a page: what comes later, the page of the next visit marks.
  tell() {
    this.rest()
    const body = new FormData(this.form)
    body.append("quiet", "1")
    fetch(this.form.action, { method: "POST", body, keepalive: true }).catch(() => {})
  }

  rest() {
    clearTimeout(this.timer)
    this.observer?.disconnect()
    document.removeEventListener("visibilitychange", this.turn)
  }
}
customElements.define("mark-read", MarkRead)
