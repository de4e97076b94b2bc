"""The page's modules as one classic script; that it runs is tested in a browser."""

import re

import pytest

from miatel_dashboard.bundle import BundleError, bundle
from miatel_dashboard.page_files import ASSET, read_page


def positions(script, *texts):
    return [script.index(text) for text in texts]


def test_a_module_stands_behind_those_that_it_imports_and_once():
    script = bundle(
        {
            "js/main.js": 'import * as One from "./views/one.js";\n\nOne.draw();\n',
            "js/views/one.js": 'import { el } from "../dom.js";\nexport const draw = el;\n',
            "js/views/two.js": 'import {\n  el,\n  fill,\n} from "../dom.js";\nfill(el(2));\n',
            "js/dom.js": "export const el = (x) => x;\nexport function fill(x) {}\n",
        },
        ["js/views/two.js", "js/main.js"],
    )
    order = positions(script, "const el =", "fill(el(2))", "const draw", "One.draw()")
    assert order == sorted(order)
    assert script.count("const el =") == 1
    assert "const One = $js$views$one;" in script
    assert "const { el } = $js$dom;" in script
    assert "return { el, fill };" in script


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('const x = await import("./other.js");\n', "a form that is not known"),
        ("const here = import.meta.url;\n", "a form that is not known"),
        ('import other from "./other.js";\n', "a form that is not known"),
        ('import("./other.js");\n', "a form that is not known"),
        ('import { a as b } from "./other.js";\n', "a form that is not known"),
        ('import "https://elsewhere.example/a.js";\n', "a form that is not known"),
        ("export default 1;\n", "a form that is not known"),
        ("export let changing = 1;\n", "a form that is not known"),
        ('export { a } from "./other.js";\n', "a form that is not known"),
        ('export * from "./other.js";\n', "a form that is not known"),
        ('import { a } from "./none.js";\n', "no module js/none.js"),
        ('import { a } from "./main.js";\n', "js/main.js imports js/main.js: a circle"),
    ],
)
def test_a_form_that_it_does_not_know_is_refused_and_named(text, said):
    with pytest.raises(BundleError, match=said):
        bundle({"js/main.js": text, "js/other.js": "export const a = 1;\n"}, ["js/main.js"])


def test_a_circle_over_others_is_refused():
    modules = {"a.js": 'import "./b.js";\n', "b.js": 'import "./a.js";\n'}
    with pytest.raises(BundleError, match=re.escape("a.js imports b.js imports a.js")):
        bundle(modules, ["a.js"])


def test_the_bundle_of_the_page_has_every_module_and_leaves_no_import():
    files = {name: file.content.decode() for name, file in read_page().items()}
    entries = [tag["name"] for tag in ASSET.finditer(files["index.html"]) if tag["module"]]
    script = bundle(files, entries)
    modules = [name for name in files if re.match(r"js/(?!first_paint)", name)]
    assert len(re.findall(r"^const \$js\$", script, re.MULTILINE)) == len(modules)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
