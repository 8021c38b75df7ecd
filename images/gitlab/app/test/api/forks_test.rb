# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiForksTest < ApiTest
  include GitHelper

  setup do
    @ada = make_user('ada')
    @project = make_code_project(@ada, visibility: 'internal')
    @grace = make_user('grace')
    @path = "/projects/#{@project.id}"
  end

  test 'a fork has all that its source has' do
    fork = fork_it
    assert_response :created
    assert_equal ['grace/shop', 'finished', 'internal', 'ada/shop'],
                 fork.values_at('path_with_namespace', 'import_status', 'visibility') + [fork['forked_from_project']['path_with_namespace']]
    copy = Project.find(fork['id'])
    assert_equal @project.repository.commit('main'), copy.repository.commit('main')
    assert_equal ['main'], copy.protected_branches.pluck(:name)
    assert_equal ['grace/shop'], call(:get, "#{@path}/forks", as: @ada).pluck('path_with_namespace')
    assert_equal 1, call(:get, @path, as: @ada)['forks_count']
  end

  test 'elsewhere, and by another name' do
    group = make_group('tools').tap { |one| one.add_owner(@grace) }
    fork_it(namespace_path: 'tools', path: 'store', name: 'Store', visibility: 'private')
    assert_equal %w[tools/store Store private], json.values_at('path_with_namespace', 'name', 'visibility')
    fork_it(namespace_id: group.id, visibility: 'public')
    assert_equal 'internal', json['visibility']
  end

  test 'refusals' do
    fork_it
    fork_it
    assert_refused 409, { 'message' => { 'name' => ['has already been taken'], 'path' => ['has already been taken'] } }
    fork_it(namespace: 'ada')
    assert_refused 404, { 'message' => '404 Target Namespace Not Found' }
    @project.update!(visibility: 'private')
    fork_it
    assert_refused 404, { 'message' => '404 Project Not Found' }
  end

  test 'it is let go, and outlives its source' do
    fork = fork_it
    call :delete, "/projects/#{fork['id']}/fork", as: @grace
    assert_response :no_content
    call :delete, "/projects/#{fork['id']}/fork", as: @grace
    assert_response :not_modified
    assert_equal 0, @project.reload.forks_count
    fork_it(path: 'second', name: 'Second')
    @project.destroy!
    assert_nil Project.find_by!(path: 'second').forked_from_project
  end

  test 'a merge request goes from the fork to its source' do
    fork = Project.find(fork_it['id'])
    commit_files(fork, @grace, { 'new.txt' => "x\n" }, branch: 'topic', start: 'main', message: 'New file')
    call :post, "/projects/#{fork.id}/merge_requests", as: @grace, title: 'Please', source_branch: 'topic', target_branch: 'main', target_project_id: @project.id
    assert_response :created
    assert_equal [@project.id, fork.id, @project.id], json.values_at('project_id', 'source_project_id', 'target_project_id')
    assert_equal ['new.txt'], call(:get, "#{@path}/merge_requests/1/changes", as: @ada)['changes'].pluck('new_path')

    update_file(fork, @grace, 'new.txt', "y\n", branch: 'topic')
    PostReceive.drain
    assert_equal 'mergeable', call(:get, "#{@path}/merge_requests/1", as: @ada)['detailed_merge_status']
    call :put, "#{@path}/merge_requests/1/merge", as: @ada
    assert_equal [200, 'merged'], [status, json['state']]
    assert_equal "y\n", @project.repository.blob_at('main', 'new.txt').data
  end

  test 'not from just anywhere' do
    other = make_code_project(@grace, path: 'other')
    call :post, "/projects/#{other.id}/merge_requests", as: @grace, title: 'x', source_branch: 'main', target_branch: 'main', target_project_id: @project.id
    assert_refused 422, { 'message' => ['Source project is not a fork of the target project'] }
  end

  private

  def fork_it(**) = call(:post, "#{@path}/fork", as: @grace, **)
end
