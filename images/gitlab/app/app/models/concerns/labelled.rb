# frozen_string_literal: true

module Labelled
  extend ActiveSupport::Concern

  included { after_save { Label.learn(project, labels) if saved_change_to_labels? } }
end
