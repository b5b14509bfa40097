// Calculates many witnesses, and judges many proofs, in one process: `node calculator.cjs < QUESTIONS`.
//
// Each line of the input is a question, each line of the output its answer:
//   {"wasm": PATH, "inputs": {...}}                 -> {"witness": [...]} or {"error": "..."}
//   {"key": {...}, "signals": [...], "proof": {...}} -> {"valid": true | false}

const fs = require("fs");
const readline = require("readline");
const snarkjs = require("../node_modules/snarkjs");

const WORD = 32;

function values(file) {
  // A witness file: sections of a kind (4 bytes), a length (8) and that many bytes; kind 2 are the values.
  let at = 12;
  for (;;) {
    const kind = file.readUInt32LE(at);
    const length = Number(file.readBigUInt64LE(at + 4));
    at += 12;
    if (kind === 2) {
      return Array.from({ length: length / WORD }, (_, i) => number(file, at + i * WORD));
    }
    at += length;
  }
}

function number(file, at) {
  const bytes = Buffer.from(file.subarray(at, at + WORD)).reverse();
  return BigInt("0x" + bytes.toString("hex")).toString();
}

async function answer({ wasm, inputs, key, signals, proof }) {
  if (key !== undefined) {
    return { valid: await snarkjs.groth16.verify(key, signals, proof) };
  }
  const output = { type: "mem" };
  try {
    await snarkjs.wtns.calculate(inputs, wasm, output);
  } catch (error) {
    return { error: error.message };
  }
  return { witness: values(Buffer.from(output.data)) };
}

async function main() {
  const lines = readline.createInterface({ input: fs.createReadStream(null, { fd: 0 }) });
  for await (const line of lines) {
    const text = JSON.stringify(await answer(JSON.parse(line))) + "\n";
    await new Promise((written) => process.stdout.write(text, written));
  }
  process.exit(0); // snarkjs keeps worker threads
}

main();
