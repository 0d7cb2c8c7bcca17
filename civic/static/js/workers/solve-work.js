// solve-work.js: a worker that finds the number which, hashed with what the server gave, begins as the server says: SHA-256
// by its standard (FIPS 180-4), on one block, as the browser's own is slow when asked 100,000 times.
const MOST = 5_000_000   // numbers tried; ours are far smaller

const primes = []
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n)
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const ROUND = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const turned = (word, by) => (word >>> by) | (word << (32 - by))

// `words` is a block of 16 with room for 48 more; `found` takes the eight words of its hash.
function hash(words, found) {
  for (let i = 16; i < 64; i++) {
    const early = words[i - 15]
    const late = words[i - 2]
    words[i] = words[i - 16] + words[i - 7]
      + (turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)) + (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10))
  }
  let a = START[0], b = START[1], c = START[2], d = START[3], e = START[4], f = START[5], g = START[6], h = START[7]
  for (let i = 0; i < 64; i++) {
    const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g; g = f; f = e; e = (d + first) | 0; d = c; c = b; b = a; a = (first + second) | 0
  }
  const last = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) found[i] = START[i] + last[i]
}

const words = (hex) => hex.match(/.{8}/g).map((word) => parseInt(word, 16) | 0)
const hex = (found) => Array.from(found, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("")

onmessage = ({ data: { salt, nonce, keyPrefix } }) => {
  const block = new Int32Array(64)
  const found = new Int32Array(8)
  const wanted = words(keyPrefix)
  const begin = [...words(salt), ...words(nonce)]   // 32 bytes, then the number, a bit, and the length: 36 bytes
  for (let counter = 0; counter < MOST; counter++) {
    block.set(begin)
    block.fill(0, 8, 16)
    block[8] = counter
    block[9] = 1 << 31
    block[15] = 36 * 8
    hash(block, found)
    if (found[0] === wanted[0] && wanted.every((word, at) => word === found[at])) return postMessage({ counter, derivedKey: hex(found) })
  }
  postMessage(null)
}
