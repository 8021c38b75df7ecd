# frozen_string_literal: true

class Member < ApplicationRecord
  LEVELS = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 }.freeze

  belongs_to :source, polymorphic: true
  belongs_to :user

  validates :access_level, inclusion: { in: LEVELS.values }
end
