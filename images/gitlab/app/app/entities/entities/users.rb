# frozen_string_literal: true

module Entities
  # Users, as much of them as the asker may see.
  module Users
    module_function

    def basic(user, **)
      return unless user

      { id: user.id, username: user.username, name: user.name, state: user.state, locked: false, avatar_url: nil,
        web_url: Entities.url(user.username) }
    end

    def full(user, viewer: nil)
      fields = basic(user).merge(created_at: user.created_at, bio: '', location: '', public_email: nil, bot: false)
      viewer&.admin? || viewer == user ? fields.merge(own(user), viewer.admin? ? admin(user) : {}) : fields
    end

    def own(user)
      { email: user.email, commit_email: user.email, confirmed_at: user.confirmed_at,
        confirmation_sent_at: user.confirmation_sent_at, last_sign_in_at: user.last_sign_in_at,
        current_sign_in_at: user.current_sign_in_at, last_activity_on: user.current_sign_in_at&.to_date,
        identities: [], two_factor_enabled: false, external: false, can_create_group: true,
        can_create_project: true, projects_limit: 100_000, theme_id: 1, color_scheme_id: 1, private_profile: false }
    end

    def admin(user)
      { is_admin: user.admin?, note: nil, namespace_id: user.namespace&.id, created_by: nil,
        current_sign_in_ip: user.current_sign_in_ip, last_sign_in_ip: user.last_sign_in_ip,
        sign_in_count: user.sign_in_count }
    end
  end
end
