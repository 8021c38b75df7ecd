# frozen_string_literal: true

require 'test_helper'
require 'rake'

class RakeTest < ActiveSupport::TestCase
  include ShellHelper

  setup do
    Rake::Task.clear
    Rails.application.load_tasks
  end

  test 'gitlab:check prints one block a component' do
    out = run_task('gitlab:check')

    assert_match "Checking GitLab subtasks ...\n", out
    assert_match "Checking Sidekiq ...\n\nSidekiq: ... Running? ... ", out
    assert_match "All migrations up? ... yes\n", out
    assert_match(/Active users: \.\.\. \d+\n/, out)
    assert_match "Checking GitLab subtasks ... Finished\n", out
  end

  test 'a failing check tells what to do and goes on' do
    ApplicationRecord.connection.execute("DELETE FROM schema_migrations WHERE version = '20250101000004'")
    out = run_task('gitlab:app:check')

    assert_match "All migrations up? ... no\n  Try fixing it:\n  sudo gitlab-rake db:migrate\n", out
    assert_match 'Please fix the error above and rerun the checks.', out
    assert_match 'Active users: ...', out
  end

  test 'gitlab:env:info' do
    out = run_task('gitlab:env:info')

    assert_match(/^Version:\s+#{Regexp.escape(Gitlab::VERSION)}$/, out)
    assert_match(/^DB Version:\s+17/, out)
  end

  test 'Gitaly and GitLab Shell have their parts' do
    make_project
    File.write(GitalyServer.path('shell/VERSION'), '14.35.0')
    assert_match "Gitaly: ... default ... OK\n", run_task('gitlab:gitaly:check')
    out = run_task('gitlab:gitlab_shell:check')
    assert_match "GitLab Shell version >= 14.35.0 ? ... OK (14.35.0)\nRunning #{GitalyServer.path('shell/bin/check')}\n", out
    assert_match 'gitlab-shell self-check successful', out
    assert_match(/^- default Git Version:\s+2\./, run_task('gitlab:env:info'))
  end

  test 'a Shell that cannot reach the application fails its check' do
    File.write(GitalyServer.path('shell/VERSION'), '14.35.0')
    out = replacing(Gitlab::JwtSecret.shell, :verified?, false) { run_task('gitlab:gitlab_shell:check') }

    assert_match(/Internal API available: FAILED - /, out)
    assert_match 'gitlab-shell self-check failed', out
  end

  test 'gitlab:git:fsck and checksum_projects' do
    project = make_project
    out = run_task('gitlab:git:checksum_projects')
    assert_equal "#{project.id},#{'0' * 40}\n", out
    assert_match(/^Performed Checking integrity at @hashed.*\nDone\n/, run_task('gitlab:git:fsck'))
    project.repository.remove
    Rake::Task['gitlab:git:fsck'].reenable
    out, = capture_io { assert_raises(SystemExit) { Rake::Task['gitlab:git:fsck'].invoke } }
    assert_match 'The following repositories reported errors:', out
  end

  test 'gitlab:shell:setup writes the keys of the database, once it may' do
    key = make_key(make_user)
    path = GitalyServer.path('authorized_keys')
    File.write(path, "stale\n")
    typing("no\n") { capture_io { assert_raises(SystemExit) { Rake::Task['gitlab:shell:setup'].invoke } } }
    assert_equal "stale\n", File.read(path)
    Rake::Task['gitlab:shell:setup'].reenable
    typing("yes\n") { run_task('gitlab:shell:setup') }

    assert_equal [Gitlab::AuthorizedKeys.new.line(key.shell_id, key.key)], File.readlines(path, chomp: true)
  ensure
    FileUtils.rm_f(path)
  end

  test 'gitlab:doctor:secrets counts what cannot be decrypted' do
    ApplicationSetting.current.runners_registration_token
    assert_match 'Total: 0 row(s) affected', run_task('gitlab:doctor:secrets')
    Rake::Task['gitlab:doctor:secrets'].reenable
    other = ActiveSupport::MessageEncryptor.new('x' * 32, cipher: 'aes-256-gcm', serializer: JSON)
    out = replacing(Gitlab::CryptoHelper, :encryptor, other) { run_task('gitlab:doctor:secrets') }

    assert_match "- ApplicationSetting failures: 1\n", out
    assert_match 'Total: 1 row(s) affected', out
  end

  test 'gitlab:password:reset' do
    user = make_user('ada')
    out = typing("brand-new-1\nbrand-new-1\n") { run_task('gitlab:password:reset', 'ada') }

    assert_match 'Password successfully updated for user with username ada.', out
    assert user.reload.valid_password?('brand-new-1')
  end

  test 'cache:clear leaves sessions and queues' do
    redis = Gitlab::Redis.pool
    redis.with { |r| %w[cache:gitlab:a session:gitlab:b queue:default].each { |key| r.set(key, 1) } }
    run_task('cache:clear')

    assert_equal %w[queue:default session:gitlab:b], redis.with { |r| r.scan_each.to_a.sort }
  end

  test 'seeds run twice and make one administrator without a known password' do
    2.times { load Rails.root.join('db/seeds.rb') }

    assert_equal ['root'], User.admins.pluck(:username)
  end

  private

  def run_task(name, *args) = capture_io { Rake::Task[name].invoke(*args) }.first

  def typing(text)
    $stdin = StringIO.new(text)
    yield
  ensure
    $stdin = STDIN
  end
end
