# frozen_string_literal: true

require 'test_helper'
require 'rake'

class RakeTest < ActiveSupport::TestCase
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
