# frozen_string_literal: true

require 'test_helper'

class ProjectAccessTest < ActiveSupport::TestCase
  setup do
    @group = make_group
    @private = make_project(@group, path: 'hidden')
    @internal = make_project(@group, path: 'inside', visibility: 'internal')
    @public = make_project(@group, path: 'open', visibility: 'public')
  end

  test 'a visitor sees public projects only' do
    assert_equal [@public], seen_by(nil)
  end

  test 'a stranger sees internal and public ones' do
    assert_equal [@internal, @public], seen_by(make_user)
  end

  test 'members of the group or of the project, and administrators, see all' do
    member = make_user
    @private.add_guest(member)
    of_group = make_user.tap { |user| @group.add_reporter(user) }

    [member, of_group, make_admin].each { |user| assert_equal [@private, @internal, @public], seen_by(user) }
  end

  test 'what waits for its deletion is in nobody\'s list, yet an administrator may look at it' do
    @public.update!(pending_delete: true)
    admin = make_admin

    assert_not_includes seen_by(admin), @public
    assert ProjectAccess.new(admin).read?(@public)
    assert_not ProjectAccess.new(make_user).read?(@public)
  end

  test 'levels' do
    user = make_user
    @private.add_developer(user)
    access = ProjectAccess.new(user)

    assert access.at_least?(:developer, @private)
    assert_not access.at_least?(:maintainer, @private)
    assert_not access.at_least?(:guest, @public)
    assert ProjectAccess.new(nil).level(@public).zero?
  end

  private

  def seen_by(user) = ProjectAccess.new(user).projects.order(:id).to_a
end
