# frozen_string_literal: true

# Somebody finds a merge request good.
class Approval < ApplicationRecord
  belongs_to :merge_request
  belongs_to :user
end
