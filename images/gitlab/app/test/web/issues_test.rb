# frozen_string_literal: true

require 'test_helper'

class IssuesTest < WebTest
  setup do
    sign_in_as(@user = make_user('ada'))
    @project = make_project(@user.namespace, path: 'shop')
  end

  test 'an issue is written, commented on, closed and reopened' do
    post '/ada/shop/-/issues', params: { issue: { title: 'Broken', description: 'It is.' } }
    assert_redirected_to '/ada/shop/-/issues/1'

    post '/ada/shop/-/issues/1/notes', params: { note: { note: 'Indeed' } }
    follow_redirect!
    assert_select 'article', /Indeed/

    patch '/ada/shop/-/issues/1', params: { state_event: 'close' }
    assert @project.issues.first.closed?
    patch '/ada/shop/-/issues/1', params: { state_event: 'reopen' }
    assert @project.issues.first.opened?
  end

  test 'text of people is never markup' do
    make_issue(@project, author: @user, title: '<script>alert(1)</script>', description: '<img src=x onerror=1>')
      .notes.create!(note: '<b>bold</b>', author: @user)
    get '/ada/shop/-/issues/1'

    assert_select 'main script, main img, main b', 0
    assert_select 'h1', '<script>alert(1)</script> (#1)'
    get '/ada/shop'
    assert_select 'main script', 0
  end

  test 'open and closed are apart' do
    make_issue(@project, author: @user, title: 'One')
    make_issue(@project, author: @user, title: 'Two').close(@user)

    get '/ada/shop/-/issues'
    assert_select '.rows h2', 'One'
    get '/ada/shop/-/issues?state=closed'
    assert_select '.rows h2', 'Two'
  end

  test 'a stranger reads an internal project and may not close its issues' do
    @project.update!(visibility: 'internal')
    make_issue(@project, author: @user)
    sign_in_as(make_user('eve'))

    get '/ada/shop/-/issues/1'
    assert_response :ok
    patch '/ada/shop/-/issues/1', params: { state_event: 'close' }
    assert_response :not_found
  end

  test 'a title is needed' do
    post '/ada/shop/-/issues', params: { issue: { title: ' ' } }

    assert_response :unprocessable_entity
    assert_select '.error', "Title can't be blank"
  end
end
