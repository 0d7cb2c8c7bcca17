// newsroom-sending.js: keeps the numbers of a letter on its way fresh while somebody looks. Says aloud each quarter, and
// what it ends with; when the letter is paused, done or begins again, the whole page comes anew, for its buttons differ.
class SendingNow extends HTMLElement {
  static PAUSE = 3_000 // milliseconds

  connectedCallback() {
    this.quarter = this.quarterNow()
    this.wait()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  wait() {
    this.timer = setTimeout(() => this.look(), SendingNow.PAUSE)
  }

  async look() {
    const answer = document.visibilityState === "visible" && (await fetch(this.dataset.from).catch(() => null))
    if (answer && answer.ok && !answer.redirected) {
      if (answer.headers.get("X-Sending-State") !== this.dataset.state) return location.reload()
      this.show(new DOMParser().parseFromString(await answer.text(), "text/html"))
    }
    if (this.isConnected) this.wait()
  }

  show(page) {
    const now = page.querySelector("[data-shown]")
    if (now) this.querySelector("[data-shown]").replaceWith(now)
    const quarter = this.quarterNow()
    if (quarter === this.quarter) return
    this.quarter = quarter
    this.querySelector("[role=status]").textContent = `${25 * quarter} percent are done.`
  }

  quarterNow() {
    const bar = this.querySelector("progress")
    return bar ? Math.floor((4 * bar.value) / bar.max) : 0
  }
}

customElements.define("sending-now", SendingNow)
