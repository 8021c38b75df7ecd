# frozen_string_literal: true

require 'test_helper'

# What push rules and protected tags say to a real push.
class PushRulesTest < ActiveSupport::TestCase
  include ShellHelper

  setup do
    ada_at_work
    git(@work, 'push', '-q', 'origin', 'main')
  end

  test 'messages' do
    rule commit_message_regex: '^JIRA-\d+', commit_message_negative_regex: 'WIP'
    commit(@work, 'one', message: 'Add one')
    assert_refused "Commit message does not follow the pattern '^JIRA-\\d+'"
    git(@work, 'commit', '-q', '--amend', '-m', 'JIRA-1 WIP')
    assert_refused "Commit message contains the forbidden pattern 'WIP'"
    git(@work, 'commit', '-q', '--amend', '-m', 'JIRA-1 One')
    assert_accepted
  end

  test 'every commit of a push counts, and only what is new' do
    rule commit_message_regex: '^JIRA-'
    commit(@work, 'one', message: 'Add one')
    commit(@work, 'two', message: 'JIRA-2')
    assert_refused "Commit message does not follow the pattern '^JIRA-'"
    git(@work, 'reset', '-q', '--hard', 'origin/main')
    assert_accepted 'main:topic'
  end

  test 'names of branches, but for the default branch' do
    rule branch_name_regex: '^(feature|hotfix)/'
    commit(@work, 'one')
    assert_refused "Branch name 'topic' does not follow the pattern '^(feature|hotfix)/'", 'main:topic'
    assert_accepted 'main:feature/one'
    assert_accepted 'main'
  end

  test 'who wrote it' do
    rule author_email_regex: '@example\.com$'
    commit(@work, 'one')
    git(@work, 'commit', '-q', '--amend', '--no-edit', '--author', 'Eve <eve@elsewhere.org>')
    assert_refused "Author's email 'eve@elsewhere.org' does not follow the pattern '@example\\.com$'"

    rule author_email_regex: '', member_check: true
    assert_refused "Author 'eve@elsewhere.org' is not a member of team"
    git(@work, 'commit', '-q', '--amend', '--no-edit', '--author', 'Ada <Ada@example.com>')
    assert_accepted
  end

  test 'names of files' do
    rule file_name_regex: '(jar|exe)$', prevent_secrets: true
    commit(@work, 'tool.exe')
    assert_refused 'File name tool.exe was prohibited by the pattern "(jar|exe)$".'
    git(@work, 'reset', '-q', '--hard', 'HEAD~1')
    commit(@work, 'id_rsa')
    assert_refused 'File name id_rsa was prohibited by the pattern "id_rsa$".'
    git(@work, 'rm', '-q', 'id_rsa')
    git(@work, 'commit', '-q', '-m', 'Remove it')
    assert_refused 'File name id_rsa was prohibited by the pattern "id_rsa$".'
  end

  test 'sizes of files' do
    rule max_file_size: 1
    commit(@work, 'large', text: Random.bytes(1_100_000))
    assert_refused 'File "large" is larger than the allowed size of 1 MB. Use Git LFS to manage this file.'
    git(@work, 'reset', '-q', '--hard', 'HEAD~1')
    commit(@work, 'small', text: Random.bytes(900_000))
    assert_accepted
  end

  test 'tags stay, where that is wished' do
    git(@work, 'push', '-q', 'origin', 'main:refs/tags/v1', 'main:refs/tags/v2')
    rule deny_delete_tag: true
    assert_refused 'You cannot delete a tag', ':refs/tags/v1'
    @project.push_rule.destroy!
    @project.protected_tags.create!(name: 'v*')
    assert_refused 'You can only delete protected tags using the web interface.', ':refs/tags/v1'
    commit(@work, 'one')
    assert_refused 'Protected tags cannot be updated.', '+main:refs/tags/v1'
    @project.protected_tags.update_all(create_access_level: 0)
    assert_refused 'You are not allowed to create this tag as it is protected.', 'main:refs/tags/v3'
    assert_refused 'You cannot use default branch name to create a tag', 'main:refs/tags/main'
    assert_accepted 'main:refs/tags/other'
  end

  test 'a first push obeys too' do
    @project = make_project(@ada.namespace, path: 'fresh')
    rule commit_message_regex: '^JIRA-', file_name_regex: 'md$'
    @work = working_copy(@ada.keys.first, @project)
    commit(@work, message: 'JIRA-1')
    assert_refused 'File name README.md was prohibited by the pattern "md$".'
  end

  private

  def rule(**fields) = (@project.push_rule || @project.build_push_rule).update!(fields)

  def assert_refused(message, ref = 'main')
    output = git(@work, 'push', 'origin', ref, fails: true)
    assert_includes output, "remote: GitLab: #{message}"
    assert_match '(pre-receive hook declined)', output
  end

  def assert_accepted(ref = 'main') = git(@work, 'push', '-q', 'origin', ref)
end
