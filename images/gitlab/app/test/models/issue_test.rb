# frozen_string_literal: true

require 'test_helper'

class IssueTest < ActiveSupport::TestCase
  test 'numbers count from one in every project' do
    first = make_project
    second = make_project
    author = make_user

    assert_equal [1, 2], Array.new(2) { make_issue(first, author: author).iid }
    assert_equal 1, make_issue(second, author: author).iid
  end

  test 'closing and reopening each leave one event' do
    issue = make_issue
    user = make_user
    issue.close(user)
    issue.close(user)
    issue.reopen(user)

    assert issue.reload.opened?
    assert_nil issue.closed_at
    assert_equal %w[closed reopened], issue.project.events.order(:id).pluck(:action)
  end

  test 'a new issue is handed to its worker' do
    issue = make_issue

    assert_equal [[issue.id, issue.author_id]], NewIssueWorker.jobs.map { |job| job['args'] }
    assert_equal 'new_issue', NewIssueWorker.jobs.first['queue']
  end

  test 'search takes percent signs as text' do
    project = make_project
    make_issue(project, title: '100% broken')
    make_issue(project, title: '1000 broken', author: make_user('b'))

    assert_equal ['100% broken'], project.issues.search('100%').pluck(:title)
  end
end
