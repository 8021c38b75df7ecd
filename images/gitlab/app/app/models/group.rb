# frozen_string_literal: true

class Group < Namespace
  include HasMembers

  def kind = 'group'

  def self.visible_to(user)
    return all if user&.admin?
    return where(visibility_level: Visibility::LEVELS['public']) unless user

    where(visibility_level: Visibility::LEVELS.values_at('internal', 'public'))
      .or(where(id: user.members.where(source_type: 'Namespace').select(:source_id)))
  end
end
