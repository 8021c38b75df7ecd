# frozen_string_literal: true

require 'test_helper'

class ProjectsTest < WebTest
  setup { sign_in_as(@user = make_user('ada')) }

  test 'a project is created and shown' do
    post '/projects', params: { project: { name: 'My Shop', path: '', namespace_id: @user.namespace.id, visibility: 'private' } }

    assert_redirected_to '/ada/my-shop'
    follow_redirect!
    assert_select 'h1', 'Ada / My Shop'
  end

  test 'a mistake is shown at its field' do
    post '/projects', params: { project: { name: '', namespace_id: @user.namespace.id } }

    assert_response :unprocessable_entity
    assert_select 'input#project_name[aria-invalid]'
    assert_select '#project_name_error', "Project name can't be blank"
  end

  test "somebody else's namespace is refused" do
    post '/projects', params: { project: { name: 'x', namespace_id: make_user.namespace.id } }

    assert_response :unprocessable_entity
    assert_equal 0, Project.count
  end

  test 'what one may not see does not exist' do
    make_project(make_group('secret'), path: 'plans')

    ['/secret/plans', '/secret', '/no/where', '/nowhere'].each do |path|
      get path
      assert_response :not_found, path
    end
  end

  test 'dots and dashes in paths' do
    make_project(make_group('a.b', visibility: 'public'), path: 'c.d-e', visibility: 'public')
    get '/a.b/c.d-e'

    assert_response :ok
  end

  test 'lists come in pages' do
    group = make_group
    21.times { |i| make_project(group, path: "p#{i}", visibility: 'public') }
    get '/projects'

    assert_select '.rows > li', 20
    assert_select 'nav[aria-label=Pages] a[rel=next]', 'Next'
    get '/projects?page=2'
    assert_select '.rows > li', 1
  end

  test 'a group is created, and its founder may create projects in it' do
    post '/groups', params: { group: { name: 'Tools', path: 'tools', visibility: 'private' } }

    assert_redirected_to '/tools'
    get '/projects/new'
    assert_select 'select#project_namespace_id option', 'tools'
  end

  test 'nonsense in page and search is no server error' do
    ['page=-1', 'page=x', 'page=99999999999999999999', 'search=%25%27', 'search[a]=b'].each do |query|
      get "/projects?#{query}"
      assert_response :ok, query
    end
  end
end
