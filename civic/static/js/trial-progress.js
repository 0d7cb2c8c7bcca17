// trial-progress.js: shows how far a trial is, without loading the page anew; when it is over, the page with its result.
// Says so politely at each quarter: every second would be a nuisance to whoever listens.
class TrialProgress extends HTMLElement {
  static PAUSE = 2_000 // milliseconds

  connectedCallback() {
    this.quarter = 0
    this.wait()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  wait() {
    this.timer = setTimeout(() => this.look(), TrialProgress.PAUSE)
  }

  async look() {
    const answer = document.visibilityState === "visible" && (await fetch(location.href).catch(() => null))
    if (answer && answer.ok) this.show(new DOMParser().parseFromString(await answer.text(), "text/html"))
    if (this.isConnected) this.wait()
  }

  show(page) {
    const now = page.querySelector("trial-progress")
    if (!now) return location.reload()
    this.querySelector("[data-shown]").replaceWith(now.querySelector("[data-shown]"))
    const bar = this.querySelector("progress")
    const quarter = bar && bar.max ? Math.floor((4 * bar.value) / bar.max) : 0
    if (quarter === this.quarter) return
    this.quarter = quarter
    this.querySelector("[role=status]").textContent = `${25 * quarter} percent are read.`
  }
}

customElements.define("trial-progress", TrialProgress)
