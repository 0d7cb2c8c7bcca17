// prove-work.js: where a space asks for a proof of work, a sum is worked out while its reader types, and sent along. The
// form waits for nothing: a comment that is sent before the sum is ready is read by a moderator first.
class ProveWork extends HTMLElement {
  static SLOW = 1_000           // milliseconds; a sum that takes longer is spoken of
  static SPARE = 5 * 60_000     // so long before it is worth nothing another one is worked out
  static PAUSE = 60_000         // after a failure

  connectedCallback() {
    this.field = this.querySelector("input")
    this.status = this.querySelector("[role=status]")
    this.form = this.closest("form")
    this.until = 0              // when the next sum is due, on the clock of this page
    this.form.addEventListener("input", this)
    this.form.addEventListener("focusin", this)
    this.form.addEventListener("submit", this)
  }

  disconnectedCallback() {
    this.done()
  }

  handleEvent({ type }) {
    if (type === "submit") this.until = 0   // used, perhaps: the next comment needs one of its own
    else if ((type === "input" || this.form.elements.body.value) && !this.busy && performance.now() > this.until) this.begin()
  }

  async begin() {
    this.busy = true
    this.until = performance.now() + ProveWork.PAUSE
    const body = new FormData()
    const token = this.form.elements.csrfmiddlewaretoken
    if (token) body.append("csrfmiddlewaretoken", token.value)
    const answer = await fetch(this.getAttribute("from"), { method: "POST", body }).catch(() => null)
    if (answer?.status === 204) this.until = Infinity   // of this reader none is asked
    if (answer?.status !== 200 || !this.isConnected) return this.done()
    const { challenge, seconds } = await answer.json().catch(() => ({}))
    if (!challenge) return this.done()   // somebody between us answered in our place
    const due = performance.now() + seconds * 1_000 - ProveWork.SPARE
    this.timer = setTimeout(() => (this.status.textContent = this.getAttribute("slow")), ProveWork.SLOW)
    this.worker = new Worker(this.getAttribute("solver"))
    this.worker.onerror = () => this.done()
    this.worker.onmessage = ({ data }) => {
      if (data) {
        this.field.value = btoa(JSON.stringify({ challenge, solution: data }))
        this.until = due
      }
      this.done()
    }
    this.worker.postMessage(challenge.parameters)
  }

  done() {
    this.busy = false
    clearTimeout(this.timer)
    this.worker?.terminate()
    this.status.textContent = ""
  }
}
customElements.define("prove-work", ProveWork)
