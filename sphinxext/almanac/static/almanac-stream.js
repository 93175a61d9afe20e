/* What the intake says to displays and menus: `almanacStream(address, asked, use)`, `asked` as fetch has it, gives each
   line to `use` as it comes, until the stream ends, and throws what the intake, or the network, says against it. */
"use strict";
{
  const STILL = 45000; /* the intake says something each 15 seconds, or is lost */

  window.almanacStream = async (address, asked, use) => {
    const lost = new AbortController();
    let still = setTimeout(() => lost.abort(), STILL);
    try {
      const answer = await fetch(address, { ...asked, cache: "no-store", signal: lost.signal });
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `status ${answer.status}`);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
        clearTimeout(still);
        still = setTimeout(() => lost.abort(), STILL);
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        lines.forEach(use);
      }
    } finally {
      clearTimeout(still);
      lost.abort();
    }
  };
}
