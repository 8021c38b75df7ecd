# frozen_string_literal: true

# Groups and projects have members with an access level.
module HasMembers
  extend ActiveSupport::Concern

  included do
    has_many :members, as: :source, dependent: :destroy
    has_many :users, through: :members
  end

  def add_member(user, level)
    level = Member::LEVELS.fetch(level.to_sym) unless level.is_a?(Integer)
    members.find_or_initialize_by(user: user).tap { |member| member.update!(access_level: level) }
  end

  %i[guest reporter developer maintainer owner].each do |role|
    define_method("add_#{role}") { |user| add_member(user, role) }
  end
end
