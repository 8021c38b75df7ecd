# frozen_string_literal: true

require 'test_helper'

class ApiIssuesTest < ApiTest
  setup do
    @user = make_user('ada')
    @project = make_project(@user.namespace, path: 'shop')
    @path = '/projects/ada%2Fshop/issues'
  end

  test 'created, read, changed' do
    call :post, @path, as: @user, title: 'Broken', description: 'd', labels: 'bug,urgent'
    assert_response :created
    assert_equal [1, 'opened', %w[bug urgent], 'ada/shop#1'], [*json.values_at('iid', 'state', 'labels'), json.dig('references', 'full')]

    call :put, "#{@path}/1", as: @user, title: 'Mended', state_event: 'close'
    assert_equal %w[Mended closed ada], [*json.values_at('title', 'state'), json.dig('closed_by', 'username')]
    assert_equal 'Mended', call(:get, "#{@path}/1", as: @user)['title']
  end

  test 'labels are added and taken away, and what is not kept here changes nothing' do
    call :post, @path, as: @user, title: 'Broken', labels: 'bug,urgent'
    assert_equal %w[bug tax], call(:put, "#{@path}/1", as: @user, add_labels: 'tax', remove_labels: 'urgent')['labels']
    assert_equal %w[bug tax], call(:put, "#{@path}/1", as: @user, assignee_ids: [@user.id])['labels']
  end

  test 'issues of all projects, and deleting' do
    make_issue(@project, author: @user, title: 'Mine')
    make_issue(make_project(@user.namespace, path: 'other'), title: 'Theirs')
    make_issue(make_project, title: 'Hidden')
    assert_equal %w[Mine], call(:get, '/issues', as: @user).pluck('title')
    assert_equal %w[Mine Theirs], call(:get, '/issues', as: @user, scope: 'all').pluck('title').sort
    call :delete, "#{@path}/1", as: @user
    assert_response :no_content
    assert_empty call(:get, @path, as: @user)
  end

  test 'titles' do
    call :post, @path, as: @user
    assert_refused 400, { 'error' => 'title is missing' }
    call :post, @path, as: @user, title: ''
    assert_refused 400, { 'message' => { 'title' => ["can't be blank"] } }
    call :post, @path, as: @user, title: 'x' * 256
    assert_refused 400, { 'message' => { 'title' => ['is too long (maximum is 255 characters)'] } }
  end

  test 'not found' do
    call :get, "#{@path}/9", as: @user
    assert_refused 404, { 'message' => '404 Issue Not Found' }
    call :get, '/projects/no%2Fwhere/issues', as: @user
    assert_refused 404, { 'message' => '404 Project Not Found' }
    call :get, '/no/such/route', as: @user
    assert_refused 404, { 'error' => '404 Not Found' }
  end

  test 'filters' do
    make_issue(@project, author: @user, title: 'One', labels: ['bug'])
    make_issue(@project, author: @user, title: 'Two').close(@user)

    assert_equal ['Two'], call(:get, @path, as: @user, state: 'closed').pluck('title')
    assert_equal ['One'], call(:get, @path, as: @user, labels: 'bug').pluck('title')
    assert_equal ['Two'], call(:get, @path, as: @user, search: 'tw').pluck('title')
    assert_equal ['One'], call(:get, @path, as: @user, iids: [1]).pluck('title')
  end

  test 'a list asks the database the same number of questions whatever its length' do
    make_issue(@project, author: @user)
    call :get, @path, as: @user
    few = queries { call :get, @path, as: @user }
    5.times { make_issue(@project, author: @user) }

    assert_equal few, queries { call :get, @path, as: @user }
  end

  test 'totals are left out of very long lists' do
    Issue.insert_all(Array.new(10_001) { |i| { iid: i + 1, title: 'x', project_id: @project.id, author_id: @user.id } })
    call :get, @path, as: @user

    assert_equal 20, json.size
    assert_equal '2', response.headers['x-next-page']
    assert_nil response.headers['x-total']
    assert_no_match 'last', response.headers['link']
  end

  test 'notes' do
    make_issue(@project, author: @user)
    call :post, "#{@path}/1/notes", as: @user, body: 'hello'
    assert_equal %w[hello Issue], json.values_at('body', 'noteable_type')
    assert_equal ['hello'], call(:get, "#{@path}/1/notes", as: @user).pluck('body')
    assert_equal 1, call(:get, "#{@path}/1", as: @user)['user_notes_count']
    call :post, "#{@path}/1/notes", as: @user
    assert_refused 400, { 'error' => 'body is missing' }
  end

  test 'a stranger may open an issue in a public project, and not close another\'s' do
    @project.update!(visibility: 'public')
    make_issue(@project, author: @user)
    eve = make_user('eve')
    call :post, @path, as: eve, title: 'Mine'
    assert_response :created
    call :put, "#{@path}/1", as: eve, state_event: 'close'
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'the event of a new issue comes with its job' do
    call :post, @path, as: @user, title: 'Broken'
    assert_empty call(:get, '/projects/ada%2Fshop/events', as: @user)
    NewIssueWorker.drain
    call :get, '/projects/ada%2Fshop/events', as: @user
    assert_equal [['opened', 'Issue', 1, 'Broken']], json.map { |event| event.values_at('action_name', 'target_type', 'target_iid', 'target_title') }
  end

  private

  def queries(&)
    count = 0
    ActiveSupport::Notifications.subscribed(->(*) { count += 1 }, 'sql.active_record', &)
    count
  end
end
