# frozen_string_literal: true

require 'test_helper'

class ApiProjectsTest < ApiTest
  setup { @user = make_user('ada') }

  test 'created in one\'s own namespace and found by number and by path' do
    call :post, '/projects', as: @user, name: 'My Shop', description: 'd'
    assert_response :created
    assert_equal ['ada/my-shop', 'private', 'd'], json.values_at('path_with_namespace', 'visibility', 'description')
    id = json['id']

    assert_equal id, call(:get, "/projects/#{id}", as: @user)['id']
    assert_equal id, call(:get, '/projects/ada%2Fmy-shop', as: @user)['id']
    assert_match(/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z/, json['created_at'])
  end

  test 'missing, taken and invalid' do
    call :post, '/projects', as: @user
    assert_refused 400, { 'error' => 'name, path are missing, at least one parameter must be provided' }
    2.times { call :post, '/projects', as: @user, name: 'shop' }
    assert_refused 400, { 'message' => { 'name' => ['has already been taken'], 'path' => ['has already been taken'] } }
    call :post, '/projects', as: @user, name: 'x', path: 'a b'
    assert_equal ['is invalid'], json['message']['path']
  end

  test 'in a group, for its developers' do
    group = make_group('tools')
    call :post, '/projects', as: @user, name: 'x', namespace_id: group.id
    assert_refused 403, { 'message' => '403 Forbidden' }
    group.add_developer(@user)
    call :post, '/projects', as: @user, name: 'x', namespace_id: group.id
    assert_equal 'tools/x', json['path_with_namespace']
  end

  test 'what one may not see is not found' do
    project = make_project
    call :get, "/projects/#{project.id}", as: @user
    assert_refused 404, { 'message' => '404 Project Not Found' }
    assert_empty call(:get, '/projects', as: @user)
  end

  test 'deleted by a job, after the answer' do
    project = make_project(@user.namespace)
    call :delete, "/projects/#{project.id}", as: @user
    assert_refused 202, { 'message' => '202 Accepted' }
    assert_equal 200, (call(:get, "/projects/#{project.id}", as: make_admin) && status)

    ProjectDestroyWorker.drain
    call :get, "/projects/#{project.id}", as: make_user
    assert_response :not_found
    assert_not Project.exists?(project.id)
  end

  test 'deleting is for owners' do
    project = make_project(visibility: 'public')
    call :delete, "/projects/#{project.id}", as: @user
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'page headers and links' do
    group = make_group
    5.times { |i| make_project(group, path: "p#{i}", visibility: 'public') }
    call :get, '/projects', per_page: 2, page: 2, order_by: 'id', sort: 'asc'

    assert_equal %w[p2 p3], json.pluck('path')
    assert_equal %w[5 3 2 2 3 1], response.headers.values_at('x-total', 'x-total-pages', 'x-page', 'x-per-page', 'x-next-page', 'x-prev-page')
    rels = response.headers['link'].scan(/[?&]page=(\d+)[^>]*>; rel="(\w+)"/)
    assert_equal [%w[1 prev], %w[3 next], %w[1 first], %w[3 last]], rels.sort_by { |_, rel| %w[prev next first last].index(rel) }
  end

  test 'at most a hundred a page, and odd values are no server error' do
    call :get, '/projects', per_page: 1000
    assert_equal '100', response.headers['x-per-page']
    call :get, '/projects', page: 'x', per_page: '-3'
    assert_response :ok
    call :get, '/projects', order_by: 'password'
    assert_refused 400, { 'error' => 'order_by does not have a valid value' }
  end

  test 'members' do
    project = make_project(@user.namespace)
    call :post, "/projects/#{project.id}/members", as: @user, user_id: make_user('eve').id, access_level: 30
    assert_equal ['eve', 30], json.values_at('username', 'access_level')
    assert_equal ['eve'], call(:get, "/projects/#{project.id}/members", as: @user).pluck('username')
    eve = User.find_by_username('eve')
    assert_equal 20, call(:put, "/projects/#{project.id}/members/#{eve.id}", as: @user, access_level: 20)['access_level']
    assert_equal 20, call(:get, "/projects/#{project.id}/members/#{eve.id}", as: eve)['access_level']
    call :delete, "/projects/#{project.id}/members/#{eve.id}", as: eve
    assert_refused 403, { 'message' => '403 Forbidden' }
    call :delete, "/projects/#{project.id}/members/#{eve.id}", as: @user
    assert_response :no_content
    call :get, "/projects/#{project.id}/members/#{eve.id}", as: @user
    assert_refused 404, { 'message' => '404 Not Found' }
  end

  test 'members of the group too, each with the higher level' do
    group = make_group
    group.add_developer(eve = make_user('eve'))
    group.add_owner(@user)
    project = make_project(group)
    project.add_maintainer(eve)
    found = call(:get, "/projects/#{project.id}/members/all", as: @user)
    assert_equal [['eve', 40], [@user.username, 50]], found.map { |member| member.values_at('username', 'access_level') }.sort_by(&:last)
  end

  test 'a search finds what its asker may see' do
    make_issue(make_project(make_user.namespace, path: 'hidden-shop'), title: 'Shop hidden')
    make_issue(make_project(@user.namespace, path: 'my-shop'), author: @user, title: 'Shop open')
    assert_equal ['my-shop'], call(:get, '/search', as: @user, scope: 'projects', search: 'shop').pluck('path')
    assert_equal ['Shop open'], call(:get, '/search', as: @user, scope: 'issues', search: 'shop').pluck('title')
    assert_equal [@user.username], call(:get, '/search', as: @user, scope: 'users', search: @user.username).pluck('username')
    assert_empty call(:get, '/search', as: @user, scope: 'merge_requests', search: 'shop')
    call :get, '/search', as: @user, scope: 'wikis', search: 'x'
    assert_refused 400, { 'error' => 'scope does not have a valid value' }
  end

  test 'groups' do
    call :post, '/groups', as: @user, name: 'Tools', path: 'tools'
    assert_equal %w[tools private], json.values_at('full_path', 'visibility')
    call :post, '/groups', as: @user, name: 'Tools', path: 'tools'
    assert_refused 400, { 'message' => 'Failed to save group {:path=>["has already been taken"]}' }
    assert_equal ['tools'], call(:get, '/groups', as: @user).pluck('path')
    assert_empty call(:get, '/groups', as: make_user)
    assert_equal 'group', call(:get, '/namespaces/tools', as: @user)['kind']
  end
  test 'members of a group' do
    group = make_group('tools').tap { |one| one.add_owner(@user) }
    bob = make_user('bob')
    call :post, '/groups/tools/members', as: @user, user_id: bob.id, access_level: 30
    assert_equal [201, 'bob', 30], [status, json['username'], json['access_level']]
    assert_equal %w[ada bob], call(:get, "/groups/#{group.id}/members/all", as: bob).pluck('username')
    call :put, "/groups/tools/members/#{bob.id}", as: bob, access_level: 50
    assert_refused 403, { 'message' => '403 Forbidden' }
    call :delete, "/groups/tools/members/#{bob.id}", as: @user
    assert_response :no_content
  end

  test 'those of a group, and of a user' do
    group = make_group('tools', visibility: 'public')
    make_project(group, path: 'open', visibility: 'public')
    make_project(group, path: 'hidden')
    mine = make_project(@user.namespace, path: 'mine')
    assert_equal ['open'], call(:get, "/groups/tools/projects", as: @user).pluck('path')
    assert_equal [mine.id], call(:get, '/users/ada/projects', as: @user).pluck('id')
    assert_empty call(:get, "/users/#{@user.id}/projects", as: make_user)
    call :get, '/groups/none/projects', as: @user
    assert_refused 404, { 'message' => '404 Group Not Found' }
  end

end
