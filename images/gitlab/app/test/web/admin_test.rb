# frozen_string_literal: true

require 'test_helper'

class AdminTest < WebTest
  test 'is not there for others' do
    sign_in_as(make_user)

    %w[/admin /admin/users /admin/users/new /admin/background_jobs].each do |path|
      get path
      assert_response :not_found, path
    end
  end

  test 'shows counts and versions' do
    sign_in_as(make_admin)
    get '/admin'

    assert_select 'dl.figures dt', 'PostgreSQL'
    assert_select 'dl.figures dd', Gitlab::VERSION
  end

  test 'shows queues with their backlog, and that nobody serves them' do
    sign_in_as(make_admin)
    Sidekiq::Testing.disable! { NewIssueWorker.perform_async(0, 0) }
    get '/admin/background_jobs'

    assert_select 'th:contains(new_issue) + td', '1'
    assert_select '.alert', 'No Sidekiq process is running: jobs wait.'
  end

  test 'makes, blocks and unblocks a user' do
    sign_in_as(make_admin)
    post '/admin/users', params: { user: { name: 'Eve', username: 'eve', email: 'eve@example.com',
                                           password: 'long enough', password_confirmation: 'long enough', admin: '0' } }
    assert_redirected_to '/admin/users'

    patch '/admin/users/eve', params: { state_event: 'block' }
    assert User.find_by_username('eve').blocked?
    patch '/admin/users/eve', params: { state_event: 'unblock' }
    get '/admin/users/eve'
    assert_select 'dd', 'active'
  end

  test 'an administrator cannot lock the door from outside' do
    sign_in_as(admin = make_admin)
    patch "/admin/users/#{admin.username}", params: { state_event: 'block' }

    assert admin.reload.active?
  end
end
