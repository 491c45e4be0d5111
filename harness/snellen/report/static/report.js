"use strict";
// The report works without this script; it adds the filter, the larger pictures and the theme button.
// No text that came from a case or a model is ever put into the page from here, but by textContent.
(() => {
  const byId = (id) => document.getElementById("snl-" + id);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // A picture is in the file once; where it stands again, the first one is copied.
  const copyRepeatedPictures = () => {
    const first = new Map(all(".shot").map((button) => [button.dataset.picture, button]));
    for (const place of all(".again")) {
      const copy = first.get(place.dataset.picture).cloneNode(true);
      copy.firstElementChild.alt = place.dataset.alt;
      place.replaceWith(copy);
    }
    // Under what is drawn lies the picture; the button opens both.
    for (const place of all(".plot")) {
      const copy = first.get(place.dataset.picture).cloneNode(true);
      const drawing = place.firstElementChild;
      copy.classList.add("plot");
      copy.dataset.caption = place.dataset.caption;
      copy.firstElementChild.alt = drawing.getAttribute("aria-label");
      drawing.removeAttribute("role");
      drawing.removeAttribute("aria-label");
      drawing.setAttribute("aria-hidden", "true");
      place.replaceWith(copy);
      copy.append(drawing);
    }
  };

  const setUpTheme = () => {
    const button = byId("theme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
    const name = () => {
      button.textContent = isDark() ? "Light" : "Dark";
    };
    button.addEventListener("click", () => {
      document.documentElement.dataset.theme = isDark() ? "light" : "dark";
      name();
    });
    system.addEventListener("change", name);
    button.disabled = false;
    name();
  };

  const setUpFilter = () => {
    const form = document.querySelector(".filter");
    if (!form) return;
    const places = all("article.case");
    const cases = JSON.parse(byId("data").textContent).cases.map((facts, number) => ({
      ...facts,
      place: places[number],
      sections: all(".answer", places[number]),
    }));
    const chips = all(".chip", form);
    const wanted = { outcomes: new Set(), model: -1, eval: -1, tag: -1, query: "" };

    const fold = (text) => text.normalize("NFC").toLowerCase();
    const holdsQuery = (each) => {
      if (!wanted.query) return true;
      each.text ??= fold(all("[data-find]", each.place).map((element) => element.textContent).join("\n"));
      return each.text.includes(wanted.query);
    };
    const isOfModel = ([model]) => wanted.model < 0 || model === wanted.model;
    const hasOutcome = ([, outcome]) => !wanted.outcomes.size || wanted.outcomes.has(outcome);
    const fits = (each) =>
      (wanted.eval < 0 || each.eval === wanted.eval) &&
      (wanted.tag < 0 || each.tags.includes(wanted.tag)) &&
      each.answers.some(isOfModel) &&
      holdsQuery(each);

    const say = (shown) => {
      const noun = cases.length === 1 ? "case" : "cases";
      const number = (count) => count.toLocaleString("en");
      byId("status").textContent =
        shown === cases.length ? `${number(shown)} ${noun}` : `${number(shown)} of ${number(cases.length)} ${noun}`;
      byId("none").hidden = shown > 0;
    };

    const apply = () => {
      const counts = { passed: 0, failed: 0, unscored: 0, error: 0 };
      let shown = 0;
      for (const each of cases) {
        const fitting = fits(each);
        const answers = each.answers.filter(isOfModel);
        if (fitting) for (const [, outcome] of answers) counts[outcome] += 1;
        each.place.hidden = !(fitting && answers.some(hasOutcome));
        if (!each.place.hidden) shown += 1;
        each.sections.forEach((section, number) => {
          section.hidden = !isOfModel(each.answers[number]);
        });
      }
      for (const chip of chips) {
        chip.querySelector(".count").textContent = counts[chip.dataset.outcome].toLocaleString("en");
        chip.setAttribute("aria-pressed", wanted.outcomes.has(chip.dataset.outcome));
      }
      say(shown);
    };

    let waiting = 0;
    form.addEventListener("input", (event) => {
      const { filter } = event.target.dataset;
      if (!filter) return;
      wanted[filter] = filter === "query" ? fold(event.target.value.trim()) : Number(event.target.value);
      clearTimeout(waiting);
      waiting = setTimeout(apply, filter === "query" ? 80 : 0); // one pass for a word, not one for a letter
    });
    form.addEventListener("click", (event) => {
      const chip = event.target.closest(".chip");
      if (!chip) return;
      const { outcome } = chip.dataset;
      if (!wanted.outcomes.delete(outcome)) wanted.outcomes.add(outcome);
      apply();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      wanted.outcomes.clear();
      Object.assign(wanted, { model: -1, eval: -1, tag: -1, query: "" });
      apply();
    });
    byId("clear").addEventListener("click", () => {
      form.reset();
      form.querySelector("input").focus();
    });

    // A link to a case that the filter hides shows it all the same.
    addEventListener("hashchange", () => {
      const target = document.getElementById(location.hash.slice(1));
      if (!target || !target.hidden) return;
      form.reset();
      target.scrollIntoView();
    });
    byId("filter").disabled = false;
    form.reset(); // a reload may have kept what was typed
  };

  // What a scorer marked in a long answer may lie far below what is seen of it.
  const setUpLongAnswers = () => {
    for (const text of all(".text.long")) {
      const marks = all("mark", text);
      if (!marks.length) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain next";
      button.textContent = marks.length === 1 ? "Go to the mark" : `Go to mark 1 of ${marks.length}`;
      let at = -1;
      button.addEventListener("click", () => {
        marks[at]?.classList.remove("here");
        at = (at + 1) % marks.length;
        marks[at].classList.add("here");
        text.scrollTop = marks[at].offsetTop - text.clientHeight / 2;
        if (marks.length > 1) button.textContent = `Go to mark ${((at + 1) % marks.length) + 1} of ${marks.length}`;
      });
      text.after(button);
    }
  };

  const setUpPictures = () => {
    const box = byId("box");
    const stage = box.querySelector(".stage");
    let current = null;
    let address = "";

    const larger = (key) => {
      const block = byId("p-" + key);
      if (!block) return "";
      const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
      return URL.createObjectURL(new Blob([bytes], { type: "image/webp" }));
    };
    const clear = () => {
      stage.replaceChildren();
      if (address) URL.revokeObjectURL(address);
      address = "";
    };
    const show = (button) => {
      clear();
      current = button;
      const small = button.querySelector("img");
      address = larger(button.dataset.picture);
      const image = new Image();
      image.alt = small.alt;
      image.src = address || small.src;
      stage.append(image);
      const drawing = button.querySelector("svg");
      if (drawing) stage.append(drawing.cloneNode(true));
      byId("caption").textContent = button.dataset.caption || small.alt;
      byId("quality").textContent =
        address || "full" in button.dataset ? "" : "Only this thumbnail of the picture is in the file.";
      if (!box.open) box.showModal();
    };
    const step = (by) => {
      const shown = all(".shot").filter((button) => !button.closest("[hidden]"));
      show(shown[(shown.indexOf(current) + by + shown.length) % shown.length]);
    };

    document.addEventListener("click", (event) => {
      const button = event.target.closest(".shot");
      if (button) show(button);
    });
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (event.target === box || event.target === stage || button?.dataset.step === "0") box.close();
      else if (button) step(Number(button.dataset.step));
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") step(-1);
      if (event.key === "ArrowRight") step(1);
    });
    box.addEventListener("close", () => {
      clear();
      current.focus();
    });
  };

  copyRepeatedPictures();
  setUpTheme();
  setUpFilter();
  setUpLongAnswers();
  setUpPictures();
})();
