#!/usr/bin/python3
"""python-gitlab, as scripts of administrators use it. Says what each call gave."""

import base64
import os
import pathlib
import time

import gitlab

HOME = pathlib.Path.home()
GITLAB = os.environ["GITLAB"]


def secret(name):
    return (HOME / "tokens" / name).read_text()


def say(what, call):
    try:
        print(f"{what}: {call()}")
    except gitlab.exceptions.GitlabError as error:
        print(f"{what}: {type(error).__name__}: {error}")


def get(record, *names):
    return tuple(getattr(record, name) for name in names)


def eventually(true):
    deadline = time.monotonic() + 60
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


ada = gitlab.Gitlab(GITLAB, private_token=secret("ada"))
root = gitlab.Gitlab(GITLAB, oauth_token=secret("root"))
ada.auth()

print("# People")
say("me", lambda: get(ada.user, "username", "name", "email", "state"))
say("by name", lambda: [get(user, "username", "name") for user in ada.users.list(username="grace")])
bob = root.users.create({"username": "bob", "name": "Bob", "email": "bob@example.com", "password": "correct-horse-bob", "skip_confirmation": True})
say("new", lambda: get(bob, "username", "state", "is_admin"))
say("the same again", lambda: root.users.create({"username": "bob", "name": "Bob", "email": "bob@example.com", "password": "correct-horse-bob"}))
say("without rights", lambda: ada.users.create({"username": "z", "name": "Z", "email": "z@example.com", "password": "correct-horse-z"}))
say("block", lambda: (bob.block(), root.users.get(bob.id).state))
say("unblock", lambda: (bob.unblock(), root.users.get(bob.id).state))
say("token of another", lambda: bob.personal_access_tokens.create({"name": "by root", "scopes": ["read_api"]}).scopes)

print("# Projects")
project = ada.projects.create({"name": "Library", "description": "Books"})
say("new", lambda: get(project, "path_with_namespace", "name_with_namespace", "visibility", "default_branch", "empty_repo"))
say("addresses", lambda: get(project, "ssh_url_to_repo", "http_url_to_repo", "web_url"))
say("by path", lambda: ada.projects.get("ada/library").name)
say("changed", lambda: (setattr(project, "description", "More books"), project.save(), ada.projects.get(project.id).description)[-1])
say("the name again", lambda: ada.projects.create({"name": "Library"}))
say("no name", lambda: ada.projects.create({}))
say("not there", lambda: ada.projects.get("ada/nosuch"))
say("not for eve", lambda: gitlab.Gitlab(GITLAB, private_token=secret("eve")).projects.get("ada/library"))
say("wrong token", lambda: gitlab.Gitlab(GITLAB, private_token="wrong").auth())
say("a token that may only read", lambda: gitlab.Gitlab(GITLAB, private_token=secret("ada-read_api")).projects.create({"name": "x"}))
say("search", lambda: [found["path"] for found in ada.search("projects", "librar")])

print("# Members")
grace = ada.users.list(username="grace")[0]
say("add", lambda: get(project.members.create({"user_id": grace.id, "access_level": gitlab.const.AccessLevel.DEVELOPER}), "username", "access_level"))
say("add again", lambda: project.members.create({"user_id": grace.id, "access_level": 30}))
member = project.members.get(grace.id)
member.access_level = gitlab.const.AccessLevel.REPORTER
say("change", lambda: (member.save(), project.members.get(grace.id).access_level)[-1])
say("list", lambda: [get(one, "username", "access_level") for one in project.members.list()])
say("remove", lambda: (member.delete(), project.members.list()))

print("# Files and commits")
actions = [
    {"action": "create", "file_path": "README.md", "content": "# Library\n"},
    {"action": "create", "file_path": "src/index.py", "content": "print('books')\n"},
    {"action": "create", "file_path": "cover.bin", "content": base64.b64encode(bytes(range(256))).decode(), "encoding": "base64"},
]
say("first commit", lambda: get(project.commits.create({"branch": "main", "commit_message": "Begin", "actions": actions}), "title", "author_name", "stats"))
say("tree", lambda: [(entry["mode"], entry["type"], entry["path"]) for entry in project.repository_tree(recursive=True, get_all=True)])
say("tree in pages of one", lambda: [entry["path"] for entry in project.repository_tree(recursive=True, iterator=True, per_page=1, pagination="keyset")])
say("no such folder", lambda: project.repository_tree(path="nosuch"))
say("file", lambda: project.files.get("src/index.py", ref="main").decode())
say("binary file", lambda: project.files.raw("cover.bin", ref="main") == bytes(range(256)))
say("file of another alphabet", lambda: project.files.create({"file_path": "Bücher/日本 語.txt", "branch": "main", "content": "文\n", "commit_message": "Add a book"}).file_path)
book = project.files.get("Bücher/日本 語.txt", ref="main")
book.content = "文字\n"
say("change it", lambda: (book.save(branch="main", commit_message="Change the book"), project.files.get("Bücher/日本 語.txt", ref="main").decode().decode())[-1])
say("delete it", lambda: book.delete(branch="main", commit_message="Burn the book"))
say("create what is there", lambda: project.files.create({"file_path": "README.md", "branch": "main", "content": "", "commit_message": "x"}))
say("no such file", lambda: project.files.get("nosuch", ref="main"))
say("commits", lambda: [commit.title for commit in project.commits.list(get_all=True)])
say("commits of a file", lambda: [commit.title for commit in project.commits.list(query_parameters={"path": "README.md"}, get_all=True)])
commit = project.commits.get("main")
say("commit", lambda: get(commit, "title", "message", "stats"))
say("its changes", lambda: [(diff["new_path"], diff["deleted_file"]) for diff in commit.diff()])
say("its branches", lambda: commit.refs())
say("no such commit", lambda: project.commits.get("0123456"))

print("# Branches and tags")
say("branch", lambda: get(project.branches.create({"branch": "topic/ü", "ref": "main"}), "name", "protected", "default", "merged"))
say("branch again", lambda: project.branches.create({"branch": "topic/ü", "ref": "main"}))
say("branch of nothing", lambda: project.branches.create({"branch": "x", "ref": "nosuch"}))
say("branches", lambda: [get(branch, "name", "protected") for branch in project.branches.list()])
project.commits.create({"branch": "topic/ü", "commit_message": "Say more", "actions": [{"action": "update", "file_path": "README.md", "content": "# Library\n\nBooks.\n"}]})
say("tag", lambda: get(project.tags.create({"tag_name": "v1", "ref": "main", "message": "First"}), "name", "message"))
say("tags", lambda: [tag.name for tag in project.tags.list()])
say("compare", lambda: [commit["title"] for commit in project.repository_compare("main", "topic/ü")["commits"]])
say("difference", lambda: project.repository_compare("main", "topic/ü")["diffs"][0]["diff"])
say("common ancestor", lambda: project.repository_merge_base(["main", "topic/ü"])["title"])
say("archive", lambda: project.repository_archive(sha="v1", format="zip")[:2])
say("contributors", lambda: [(person["name"], person["commits"]) for person in project.repository_contributors()])
say("protected", lambda: [branch.name for branch in project.protectedbranches.list()])
say("protect", lambda: get(project.protectedbranches.create({"name": "stable/*", "push_access_level": 0, "merge_access_level": 40}), "name", "allow_force_push"))
say("levels", lambda: [level["access_level_description"] for level in project.protectedbranches.get("stable/*").push_access_levels])
say("protect again", lambda: project.protectedbranches.create({"name": "stable/*"}))
say("unprotect", lambda: project.protectedbranches.delete("stable/*"))
say("delete the default branch", lambda: project.branches.delete("main"))
say("delete a tag", lambda: (project.tags.delete("v1"), project.tags.list())[-1])

print("# Rules")
say("no push rule", lambda: project.pushrules.get())
rule = project.pushrules.create({"commit_message_regex": "^[A-Z]", "max_file_size": 10})
say("push rule", lambda: get(rule, "commit_message_regex", "max_file_size", "deny_delete_tag"))
say("again", lambda: project.pushrules.create({"deny_delete_tag": True}))
say("what it says", lambda: project.commits.create({"branch": "main", "commit_message": "small", "actions": [{"action": "create", "file_path": "x", "content": ""}]}))
rule.prevent_secrets = True
say("change", lambda: (rule.save(), project.pushrules.get().prevent_secrets)[-1])
say("delete", lambda: rule.delete())
say("protected tag", lambda: get(project.protectedtags.create({"name": "v*", "create_access_level": 40}), "name"))
say("again", lambda: project.protectedtags.create({"name": "v*"}))
say("protected tags", lambda: [(tag.name, tag.create_access_levels[0]["access_level_description"]) for tag in project.protectedtags.list()])
say("unprotect", lambda: project.protectedtags.delete("v*"))

print("# Commits that come of others")
project.branches.create({"branch": "picks", "ref": "main"})
source = project.commits.get("topic/ü")
say("cherry-pick", lambda: (source.cherry_pick("picks"), project.commits.get("picks").title)[-1])
say("again", lambda: source.cherry_pick("picks"))
say("onto nothing", lambda: source.cherry_pick("nosuch"))
say("revert", lambda: (project.commits.get("picks").revert("picks"), project.commits.get("picks").title)[-1])
say("blame", lambda: [(part["commit"]["message"], part["lines"]) for part in project.files.blame("README.md", ref="topic/ü")])
say("comment", lambda: source.comments.create({"note": "Why?", "path": "README.md", "line": 3, "line_type": "new"}).note)
say("comments", lambda: [(comment.note, comment.line) for comment in source.comments.list()])
say("its merge requests", lambda: source.merge_requests())
say("no signature", lambda: source.signature())
project.branches.delete("picks")

print("# Keys")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA4rFvjEEKnen0j74iHDVR+ItUownsI49++amMS+tPkA spare@client"
say("mine", lambda: [key.title for key in ada.user.keys.list(title="laptop")])
key = ada.user.keys.create({"title": "spare", "key": KEY})
say("new", lambda: key.title)
say("again", lambda: ada.user.keys.create({"title": "spare", "key": KEY}))
say("no key", lambda: ada.user.keys.create({"title": "spare", "key": "nonsense"}))
say("by fingerprint", lambda: root.keys.get(fingerprint="SHA256:" + "A" * 43))
say("delete", lambda: key.delete())
deploy = project.keys.create({"title": "deploys", "key": KEY, "can_push": True})
say("deploy key", lambda: get(deploy, "title", "can_push"))
say("deploy keys", lambda: [one.title for one in project.keys.list()])
say("delete it", lambda: deploy.delete())

token = project.deploytokens.create({"name": "ci", "scopes": ["read_repository"], "username": "ci"})
say("deploy token", lambda: (token.token[:5], *get(token, "name", "username", "scopes")))
say("deploy tokens", lambda: [get(one, "name", "revoked") for one in project.deploytokens.list()])
say("revoke it", lambda: (token.delete(), [one.revoked for one in project.deploytokens.list()])[-1])

print("# Merge requests")
merge = project.mergerequests.create({"source_branch": "topic/ü", "target_branch": "main", "title": "Say more", "labels": ["words"]})
say("new", lambda: get(merge, "iid", "state", "draft", "labels"))
say("again", lambda: project.mergerequests.create({"source_branch": "topic/ü", "target_branch": "main", "title": "x"}))
say("open ones", lambda: [one.title for one in project.mergerequests.list(state="opened")])
say("mine", lambda: [one.references["full"] for one in ada.mergerequests.list(scope="created_by_me", search="Say more")])
say("commits", lambda: [one.title for one in merge.commits()])
say("changes", lambda: [one["new_path"] for one in merge.changes()["changes"]])
say("versions", lambda: [len(merge.diffs.get(one.id).diffs) for one in merge.diffs.list()])
say("comment", lambda: merge.notes.create({"body": "More *words*"}).body)
say("comments", lambda: [note.body for note in merge.notes.list()])
say("discussions", lambda: [discussion.attributes["notes"][0]["body"] for discussion in merge.discussions.list()])
project.files.create({"file_path": "later", "branch": "main", "content": "later\n", "commit_message": "Later"})
say("rebase", lambda: merge.rebase())
say("rebased", lambda: eventually(lambda: not project.mergerequests.get(merge.iid, include_rebase_in_progress=True).rebase_in_progress))
say("its parent", lambda: project.commits.get(project.commits.get("topic/ü").parent_ids[0]).title)
say("approve", lambda: [one["user"]["username"] for one in merge.approve()["approved_by"]])
say("approvals", lambda: merge.approvals.get().approved)
say("unapprove", lambda: merge.unapprove())
merge.title = "Draft: say more"
say("draft", lambda: (merge.save(), merge.draft)[-1])
say("merge a draft", lambda: merge.merge())
merge.title = "Say more"
merge.save()
say("merge", lambda: (merge.merge(should_remove_source_branch=True), merge.state)[-1])
say("merge again", lambda: project.mergerequests.get(merge.iid).merge())
say("main has it", lambda: project.files.get("README.md", ref="main").decode())
say("branches", lambda: [branch.name for branch in project.branches.list()])

print("# Issues")
issue = project.issues.create({"title": "A page is missing", "description": "Page 7", "labels": ["bug"]})
say("new", lambda: get(issue, "iid", "state", "labels", "description"))
say("without a title", lambda: project.issues.create({"title": ""}))
say("comment", lambda: issue.notes.create({"body": "Which?"}).body)
issue.state_event = "close"
say("close", lambda: (issue.save(), issue.state, issue.attributes["closed_by"]["username"])[1:])
say("closed ones", lambda: [one.title for one in project.issues.list(state="closed")])
say("mine", lambda: [one.title for one in ada.issues.list(search="page is missing")])
say("delete", lambda: (issue.delete(), project.issues.list())[-1])

print("# Forks")
project.visibility = "internal"
project.save()
eve = gitlab.Gitlab(GITLAB, private_token=secret("eve"))
forked = eve.projects.get("ada/library").forks.create({})
say("fork", lambda: get(forked, "path_with_namespace", "import_status", "visibility") + (forked.forked_from_project["path_with_namespace"],))
say("again", lambda: eve.projects.get("ada/library").forks.create({}))
say("forks", lambda: [one.path_with_namespace for one in project.forks.list()])
mine = eve.projects.get("eve/library")
mine.commits.create({"branch": "gift", "start_branch": "main", "commit_message": "A gift", "actions": [{"action": "create", "file_path": "gift", "content": "!"}]})
gift = mine.mergerequests.create({"source_branch": "gift", "target_branch": "main", "target_project_id": project.id, "title": "A gift"})
say("merge request across", lambda: gift.references["full"])
say("merge", lambda: (project.mergerequests.get(gift.iid).merge()["state"], project.files.get("gift", ref="main").decode()))
mine.delete()

print("# Pages")
group = ada.groups.create({"name": "Shelves", "path": "shelves"})
for number in range(5):
    ada.projects.create({"name": f"Shelf {number}", "path": f"shelf-{number}", "namespace_id": group.id})
page = ada.projects.list(search="shelf", per_page=2, page=2, order_by="id", sort="asc")
say("the second page", lambda: [one.path for one in page])
pages = ada.projects.list(search="shelf", per_page=2, order_by="id", sort="asc", iterator=True)
say("all pages", lambda: ([one.path for one in pages], pages.total, pages.total_pages))
say("too many for a page", lambda: len(ada.projects.list(search="shelf", per_page=1000)))

print("# Administration")
say("version", lambda: [type(part).__name__ for part in ada.version()])
say("settings", lambda: root.settings.get().default_branch_protection)
say("settings of others", lambda: ada.settings.get())
say("jobs", lambda: sorted(root.sidekiq.compound_metrics()))
say("statistics", lambda: sorted(root.statistics.get().attributes))
say("tokens", lambda: sorted(token.name for token in ada.personal_access_tokens.list()))
say("this token", lambda: ada.personal_access_tokens.get("self").name)
project.delete()


def gone():
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            ada.projects.get("ada/library")
        except gitlab.exceptions.GitlabGetError as error:
            return error
        time.sleep(0.2)
    return "still there"


say("a deleted project", gone)
