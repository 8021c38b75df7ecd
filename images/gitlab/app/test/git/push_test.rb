# frozen_string_literal: true

require 'test_helper'

# Real pushes: git, GitLab Shell, Gitaly and its hooks, and this application in their midst.
class PushTest < ActiveSupport::TestCase
  include ShellHelper

  setup { ada_at_work }

  test 'the first push makes a default branch, protects it and leaves its trace' do
    output = git(@work, 'push', 'origin', 'main')
    PostReceive.drain

    assert_match(/new branch.*main -> main/, output)
    assert_no_match(/merge request/, output)
    assert_equal 'main', @project.repository.root_ref
    assert_equal [['main', 40, 40]], @project.protected_branches.pluck(:name, :push_access_level, :merge_access_level)
    assert_equal ['pushed new', 'Add README.md', 1], PushEvent.last.then { |event| [event.action_name, event.target_title, event.payload.commit_count] }
  end

  test 'another first branch becomes the default branch' do
    git(@work, 'push', 'origin', 'main:trunk')

    assert_equal 'trunk', @project.repository.root_ref
    assert_match(%r{refs/heads/trunk\s+HEAD}, git(@work, 'ls-remote', '--symref', 'origin'))
  end

  test 'a branch brings the hint for a merge request' do
    git(@work, 'push', 'origin', 'main')
    output = git(@work, 'push', 'origin', 'main:feature')

    assert_match 'remote: To create a merge request for feature, visit:', output
    assert_match 'tools/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=feature', output
  end

  test 'a developer does not push to the protected branch, nor first of all' do
    work = working_copy(make_key(make_user('dev').tap { |user| @project.add_developer(user) }), @project)
    commit(work)
    refused = 'GitLab: You are not allowed to push code to protected branches on this project.'
    assert_match refused, git(work, 'push', 'origin', 'main', fails: true)

    git(@work, 'push', 'origin', 'main')
    git(work, 'pull', '-q', '--no-rebase', '--allow-unrelated-histories', '-X', 'ours', '--no-edit', 'origin', 'main')
    assert_match refused, git(work, 'push', 'origin', 'HEAD:main', fails: true)
    assert_match 'new branch', git(work, 'push', 'origin', 'HEAD:topic')
  end

  test 'nobody rewrites or removes a protected branch' do
    git(@work, 'push', 'origin', 'main', 'main:release')
    @project.protected_branches.create!(name: 'release')
    git(@work, 'commit', '-q', '--amend', '-m', 'Other')

    assert_match 'GitLab: You are not allowed to force push code to a protected branch', git(@work, 'push', '-f', 'origin', 'main', fails: true)
    assert_match 'GitLab: The default branch of a project cannot be deleted.', git(@work, 'push', 'origin', ':main', fails: true)
    assert_match 'GitLab: You can only delete protected branches using the web interface.', git(@work, 'push', 'origin', ':release', fails: true)
    @project.protected_branches.update_all(allow_force_push: true)
    assert_match 'forced update', git(@work, 'push', '-f', 'origin', 'main')
  end

  test 'other branches and tags come and go' do
    git(@work, 'push', 'origin', 'main')
    git(@work, 'push', 'origin', 'main:topic', 'main:refs/tags/v1')
    git(@work, 'push', 'origin', ':topic', ':refs/tags/v1')
    PostReceive.drain

    assert_equal ['deleted', 'pushed new'], PushEvent.order(:id).map(&:action_name).uniq.sort
  end

  test 'what a custom hook says reaches the client' do
    hook = File.join(GitalyServer.path('hooks'), 'pre-receive.d', 'no')
    FileUtils.mkdir_p(File.dirname(hook))
    File.write(hook, "#!/bin/sh\necho 'GL-HOOK-ERR: no ticket, no push' >&2\nexit 1\n", perm: 0o755)
    output = git(@work, 'push', 'origin', 'main', fails: true)

    assert_match 'remote: GL-HOOK-ERR: no ticket, no push', output
    assert_match '(pre-receive hook declined)', output
  ensure
    FileUtils.rm_f(hook)
  end

  test 'the size of a push is limited' do
    ApplicationSetting.current.update!(receive_max_input_size: 1)
    commit(@work, 'big', text: Random.bytes(2.megabytes))

    assert_match 'pack exceeds maximum allowed size', git(@work, 'push', 'origin', 'main', fails: true)
  end

  test 'a deploy key reads, and writes only if it may' do
    git(@work, 'push', 'origin', 'main')
    key = DeployKey.create!(title: 'ci', key: public_key)
    link = @project.deploy_keys_projects.create!(deploy_key: key)
    work = working_copy(key, @project)
    git(work, 'fetch', '-q', 'origin')
    assert_match 'This deploy key does not have write access to this project.', git(work, 'push', 'origin', 'origin/main:refs/heads/ci', fails: true)

    link.update!(can_push: true)
    assert_match 'new branch', git(work, 'push', 'origin', 'origin/main:refs/heads/ci')
  end

  test 'what one may not see is not found, and a blocked user is told so' do
    stranger = working_copy(make_key(make_user('eve')), @project)
    assert_match "remote: The project you were looking for could not be found or you don't have permission to view it.", git(stranger, 'fetch', fails: true)

    @ada.block!
    assert_match 'Your account has been blocked.', git(@work, 'fetch', fails: true)
  end

  test 'Shell greets' do
    output, = Open3.capture2e(GitalyServer.ssh_as(make_key(make_user('bob'))), '')

    assert_equal "Welcome to GitLab, @bob!\n", output
  end
end
