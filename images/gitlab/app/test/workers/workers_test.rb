# frozen_string_literal: true

require 'test_helper'

class WorkersTest < ActiveSupport::TestCase
  include ActiveJob::TestHelper

  test 'a new issue gets one event, also when its job runs twice' do
    issue = make_issue
    2.times { NewIssueWorker.new.perform(issue.id, issue.author_id) }

    assert_equal ['created'], issue.project.events.pluck(:action)
  end

  test 'a job whose record is gone ends quietly' do
    assert_nil NewIssueWorker.new.perform(0, 0)
    assert_nil ProjectDestroyWorker.new.perform(0)
  end

  test 'members are mailed about a new issue' do
    issue = make_issue
    issue.project.add_developer(make_user('ada'))
    perform_enqueued_jobs { NewIssueWorker.new.perform(issue.id, issue.author_id) }

    assert_equal [['ada@example.com']], ActionMailer::Base.deliveries.map(&:to)
  end

  test 'the welcome mail leaves its time at the user' do
    user = make_user('ada')
    perform_enqueued_jobs { Notify.new_user_email(user.id).deliver_later }

    assert user.reload.confirmation_sent_at
    assert_match 'ada', ActionMailer::Base.deliveries.last.body.to_s
  end

  test 'a project goes with all it holds' do
    issue = make_issue
    issue.notes.create!(note: 'x', author: issue.author)
    issue.project.add_guest(make_user)
    ProjectDestroyWorker.new.perform(issue.project_id)

    assert_equal [0, 0, 0, 0], [Project, Issue, Note, Member].map(&:count)
  end

  test 'every worker has a queue that is listed' do
    listed = YAML.load_file(Rails.root.join('config/all_queues.yml'))

    assert_empty [AuthorizedKeysWorker, NewIssueWorker, PostReceive, ProjectDestroyWorker].map { |worker| worker.get_sidekiq_options['queue'].to_s } - listed
    assert_includes listed, ActionMailer::Base.deliver_later_queue_name
  end
end
