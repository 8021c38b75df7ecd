#!/usr/bin/python3
"""Chromium looks at the pages as Ada does: she signs in, browses, opens a merge request and merges it.

Every page is looked at in two widths. It must not scroll sideways, complain on the console, or ask for anything that is
refused. A picture of each is left in ~/screenshots.
"""

import base64
import json
import os
import pathlib
import sys

import gitlab
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

HOME = pathlib.Path.home()
GITLAB = os.environ["GITLAB"]
SHOTS = HOME / "screenshots"
WIDTHS = (1280, 400)

RUBY = '''# frozen_string_literal: true

require 'bigdecimal'

module Shop
  # What a customer has put in, and what it costs.
  class Basket
    RATES = { food: 7, books: 7, other: 19 }.freeze

    attr_reader :items

    def initialize(items = [])
      @items = items
    end

    def add(name, cents:, kind: :other)
      raise ArgumentError, "no such kind: #{kind}" unless RATES.key?(kind)

      items << { name:, cents:, kind: }
      self
    end

    # Cents, tax included.
    def total
      items.sum { |item| (item[:cents] * (100 + RATES[item[:kind]]) / 100.0).round }
    end

    def to_s = format('%d things for %.2f €', items.size, total / 100.0)
  end
end
'''
README = '''# Shop

Sells **things** to people. See [the manual](docs/manual.md) and `lib/basket.rb`.

| Kind  | Tax |
|-------|----:|
| food  |  7 % |
| other | 19 % |

1. Clone it
2. Run it:

```ruby
puts Shop::Basket.new.add('tea', cents: 399, kind: :food)
```

- [x] baskets
- [ ] payment

> Nothing is sold on Sundays.
'''
MAKEFILE = "test:\n\truby -Ilib test/basket_test.rb\n"
TEST = "require 'minitest/autorun'\nrequire 'basket'\n\nclass BasketTest < Minitest::Test\n  def test_total = assert_equal(427, Shop::Basket.new.add('tea', cents: 399, kind: :food).total)\nend\n"
STYLE = ":root { --ink: #1f1e24; }\nbody { color: var(--ink); font: 1rem/1.5 sans-serif; }\n"


def seed():
    ada = gitlab.Gitlab(GITLAB, private_token=(HOME / "tokens/ada").read_text())
    project = ada.projects.create({"name": "Web shop", "path": "web-shop", "visibility": "internal", "description": "Baskets, prices and taxes."})

    def commit(message, files, branch="main", action="create", **more):
        actions = [{"action": action, "file_path": path, "content": content} for path, content in files.items()]
        project.commits.create({"branch": branch, "commit_message": message, "actions": actions, **more})

    commit("Begin", {"README.md": README, "Makefile": MAKEFILE, ".gitignore": "*.log\ntmp/\n"})
    commit("Add baskets\n\nTaxes depend on the kind of thing; see the table in README.md.", {"lib/basket.rb": RUBY, "test/basket_test.rb": TEST})
    commit("Describe it", {"docs/manual.md": "# Manual\n\nPut things in, pay, leave.\n", "docs/Über uns/日本語.md": "# 日本語\n\nこんにちは\n"})
    commit("Style the pages", {"assets/style.css": STYLE, "assets/empty.txt": ""})
    logo = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0").decode()
    project.commits.create({"branch": "main", "commit_message": "Add a logo", "actions": [{"action": "create", "file_path": "assets/logo.png", "content": logo, "encoding": "base64"}]})
    changed = RUBY.replace("books: 7", "books: 5").replace("    # Cents, tax included.\n", "    # Cents, tax included; nothing for nothing.\n")
    commit("Lower the tax on books", {"lib/basket.rb": changed}, "lower-book-tax", "update", start_branch="main")
    commit("Tell people", {"docs/news.md": "# News\n\nBooks are cheaper now, which is a rather long line that somebody wrote without ever breaking it, because their editor wraps it for them and they never noticed.\n"}, "lower-book-tax")
    commit("Try a payment provider", {"lib/payment.rb": "# Not yet\n"}, "feature/payment-provider-with-a-very-long-name", start_branch="main")
    project.tags.create({"tag_name": "v1.0.0", "ref": "main", "message": "First release\n\nBaskets only."})
    project.tags.create({"tag_name": "v1.1.0-rc1", "ref": "lower-book-tax"})
    project.issues.create({"title": "The total is wrong for books", "description": "Books are taxed at 5 %.\n\nSee the README.", "labels": ["bug", "tax"]})
    ada.projects.create({"name": "empty"})


class Visitor:
    """One browser window of one width."""

    def __init__(self, width):
        options = webdriver.ChromeOptions()
        # The sandbox needs privileges that this container does not have; every page is ours.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        self.width = width
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False})
        self.wrong = []

    def look(self, name, path=None, status=200, shows=""):
        """Goes there, or stays, and notes what is wrong with what is seen."""
        if path is not None:
            self.driver.get(GITLAB + path)
        WebDriverWait(self.driver, 20).until(lambda driver: driver.execute_script("return document.readyState") == "complete")
        where = f"{name} at {self.width} ({self.driver.current_url})"
        text = self.driver.find_element(By.TAG_NAME, "body").text
        wide = self.driver.execute_script("return document.documentElement.scrollWidth")
        problems = self.complaints(status)
        if shows not in text:
            problems.append(f"does not show {shows!r} but:\n{text}")
        if wide > self.width:
            problems.append(f"is {wide} wide")
        if not self.driver.title:
            problems.append("has no title")
        self.wrong += [f"{where}: {problem}" for problem in problems]
        self.picture(name)

    def complaints(self, status):
        """What the console says, and requests that were not answered as they should be."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        if status != 200:
            said = [message for message in said if f"status of {status}" not in message]
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.loadingFailed":
                said.append(f"a request failed: {event['params']['errorText']}")
            if event["method"] == "Network.responseReceived":
                answer = event["params"]["response"]
                expected = (status,) if event["params"]["type"] == "Document" else (200, 304)
                if answer["status"] not in expected:
                    said.append(f"{answer['url']} answered {answer['status']}")
        return said

    def picture(self, name):
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        (SHOTS / f"{name}-{self.width}.png").write_bytes(base64.b64decode(shot["data"]))

    def find(self, selector):
        return WebDriverWait(self.driver, 20).until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))

    def fill(self, label, text):
        field = self.driver.find_element(By.XPATH, f"//label[normalize-space()='{label}']").get_attribute("for")
        element = self.driver.find_element(By.ID, field)
        if element.tag_name == "select":
            return Select(element).select_by_visible_text(text)
        element.clear()
        return element.send_keys(text)

    def click(self, text):
        """A link or button with this text, as a mouse would; waits for the page that follows."""
        xpath = f"//a[normalize-space()='{text}'] | //button[normalize-space()='{text}'] | //input[@value='{text}']"
        old = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.find_element(By.XPATH, xpath).click()
        WebDriverWait(self.driver, 20).until(lambda driver: driver.find_element(By.TAG_NAME, "html") != old)


def visit(visitor, merge):
    look, click, fill = visitor.look, visitor.click, visitor.fill
    look("sign-in", "/", shows="Username or primary email")
    fill("Username or primary email", "ada")
    fill("Password", "not this one")
    click("Sign in")
    look("sign-in-refused", status=422, shows="Invalid login or password")
    fill("Username or primary email", "ada")
    fill("Password", (HOME / "passwords/ada").read_text())
    click("Sign in")
    look("dashboard", shows="Ada / Web shop")
    click("Ada / Web shop")
    look("project", shows="Nothing is sold on Sundays")
    click("lib")
    look("folder", shows="basket.rb")
    click("basket.rb")
    look("file", shows="class Basket")
    if visitor.driver.find_elements(By.CSS_SELECTOR, ".lines .k") == []:
        visitor.wrong.append("the file has no highlighting")
    look("file-in-other-alphabet", "/ada/web-shop/-/blob/main/docs/%C3%9Cber%20uns/%E6%97%A5%E6%9C%AC%E8%AA%9E.md", shows="こんにちは")
    look("file-binary", "/ada/web-shop/-/blob/main/assets/logo.png", shows="binary file")
    click("Commits")
    look("commits", shows="Add baskets")
    click("Add baskets")
    look("commit", shows="Taxes depend on the kind of thing")
    click("Branches")
    look("branches", shows="lower-book-tax")
    click("Tags")
    look("tags", shows="First release")
    click("Compare")
    look("compare-form", shows="and not in")
    fill("What is in", "lower-book-tax")
    fill("and not in", "v1.0.0")
    visitor.find("main form input[type=submit], main form button").click()
    visitor.find("table.lines")
    look("compare", shows="Lower the tax on books")
    look("issues", "/ada/web-shop/-/issues", shows="The total is wrong for books")
    click("The total is wrong for books")
    look("issue", shows="Books are taxed at 5 %.")
    look("empty-project", "/ada/empty", shows="The repository for this project is empty")
    look("new-project", "/projects/new", shows="Visibility")
    look("tokens", "/-/user_settings/personal_access_tokens", shows="ada-read_repository")
    look("keys", "/-/user_settings/ssh_keys", shows="laptop")
    look("help", "/help", shows="training GitLab")
    look("not-found", "/ada/nothing", status=404, shows="404")
    merge(visitor)
    visitor.driver.get(GITLAB)
    click("Sign out")
    look("signed-out", shows="Username or primary email")


def open_and_merge(visitor):
    """The wide window does it, the narrow one looks at the result."""
    look, click, fill = visitor.look, visitor.click, visitor.fill
    look("merge-requests-none", "/ada/web-shop/-/merge_requests", shows="There is no merge request to show")
    click("New merge request")
    look("merge-request-branches", shows="Source branch")
    fill("Source branch", "lower-book-tax")
    click("Compare branches and continue")
    look("merge-request-new", shows="Tell people")
    fill("Title", "Lower the tax on books")
    fill("Description", "The law changed.")
    click("Create merge request")
    look("merge-request", shows="Ready to merge")
    fill("Add a comment", "Looks good to me.")
    click("Comment")
    look("merge-request-commented", shows="Looks good to me.")
    click("Merge")
    look("merge-request-merged", shows="Merged by")
    look("file-merged", "/ada/web-shop/-/blob/main/lib/basket.rb", shows="books: 5")


def look_at_merged(visitor):
    visitor.look("merge-requests", "/ada/web-shop/-/merge_requests?state=all", shows="Lower the tax on books")
    visitor.click("Lower the tax on books")
    visitor.look("merge-request-merged", shows="Merged by")
    visitor.look("merge-request-branches", "/ada/web-shop/-/merge_requests/new", shows="Source branch")
    visitor.fill("Source branch", "feature/payment-provider-with-a-very-long-name")
    visitor.click("Compare branches and continue")
    visitor.look("merge-request-new", shows="Try a payment provider")
    visitor.fill("Title", "Draft: Try a payment provider")
    visitor.click("Create merge request")
    visitor.look("merge-request", shows="This is a draft")


def main():
    SHOTS.mkdir(exist_ok=True)
    seed()
    wrong = []
    for width, merge in zip(WIDTHS, (open_and_merge, look_at_merged)):
        visitor = Visitor(width)
        try:
            visit(visitor, merge)
        finally:
            visitor.picture("last")
            visitor.driver.quit()
            wrong += visitor.wrong
            print("\n".join(visitor.wrong))
    print(f"{len(list(SHOTS.glob('*.png')))} pictures, {len(wrong)} complaints")
    sys.exit(1 if wrong else 0)


main()
