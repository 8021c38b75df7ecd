# frozen_string_literal: true

require 'test_helper'

# git push -o
class PushOptionsTest < ActiveSupport::TestCase
  include ShellHelper

  setup do
    @ada = make_user('ada')
    @project = make_project(@ada.namespace, path: 'shop')
    @work = working_copy(make_key(@ada), @project)
    commit(@work)
    git(@work, 'push', '-q', 'origin', 'main', 'main:stable')
    git(@work, 'checkout', '-q', '-b', 'topic-one')
    commit(@work, 'one', message: "Add one\n\nFor two.")
  end

  test 'a merge request is made of the only commit' do
    output = push('merge_request.create')

    assert_match "remote: View merge request for topic-one:", output
    assert_equal ['Add one', 'For two.', 'topic-one', 'main', false, false],
                 merge_request.values_at(:title, :description, :source_branch, :target_branch, :remove_source_branch, :draft?)
  end

  test 'of several commits, the branch is the title' do
    commit(@work, 'two')
    push('merge_request.create')

    assert_equal 'Topic one', merge_request[:title]
  end

  test 'with all that may be said' do
    push('merge_request.create', 'merge_request.target=stable', 'merge_request.title=A = B', 'merge_request.description=One\ntwo',
         'merge_request.draft', 'merge_request.remove_source_branch', 'merge_request.label=a', 'merge_request.label=b', 'ci.skip')

    assert_equal ['Draft: A = B', "One\ntwo", 'stable', true, %w[a b]],
                 merge_request.values_at(:title, :description, :target_branch, :remove_source_branch, :labels)
  end

  test 'the open one is changed' do
    push('merge_request.create')
    commit(@work, 'two')
    push('merge_request.title=Two', 'merge_request.unlabel=none')

    assert_equal ['Two', 1], [merge_request[:title], @project.merge_requests.count]
  end

  test 'mistakes are told, and the push goes through' do
    assert_match "Error encountered with push options 'merge_request.title=x': A merge_request.create push option is required to create a merge request for branch topic-one",
                 plain(push('merge_request.title=x'))
    commit(@work, 'two')
    assert_match 'Branch nowhere does not exist', plain(push('merge_request.create', 'merge_request.target=nowhere'))
    assert_equal 0, @project.merge_requests.count
    commit(@work, 'three')
    assert_no_match 'WARNINGS', push('ci.skip', 'something.else')
  end

  private

  def push(*options) = git(@work, 'push', *options.flat_map { |option| ['-o', option] }, 'origin', 'topic-one')

  # Shell breaks long lines and centres them.
  def plain(output) = output.lines.map { |line| line.delete_prefix('remote:').strip }.join(' ').squish

  def merge_request
    record = @project.merge_requests.last
    record.attributes.symbolize_keys.merge(draft?: record.draft?)
  end
end
