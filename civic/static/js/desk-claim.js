// desk-claim.js: tells the other moderators that somebody looks at this comment, for as long as the page is in sight.
const AGAIN = 60_000

class DeskClaim extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form")
    this.words = this.querySelector("[data-words]")
    this.form.hidden = true
    this.turn = () => this.look()
    document.addEventListener("visibilitychange", this.turn)
    this.look()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
    document.removeEventListener("visibilitychange", this.turn)
  }

  async look() {
    clearTimeout(this.timer)
    if (document.hidden) return
    const asked = { method: "POST", body: new FormData(this.form), headers: { Accept: "application/json" } }
    const answer = await fetch(this.form.action, asked).catch(() => null)
    if (answer?.ok) this.say(await answer.json())
    if (this.isConnected) this.timer = setTimeout(this.turn, AGAIN)
  }

  say({ mine, by, since }) {
    const words = mine ? `You have had it open since ${since}; other moderators see that.` : `${by} has had it open since ${since}.`
    if (this.words.textContent !== words) this.words.textContent = words
  }
}
customElements.define("desk-claim", DeskClaim)
