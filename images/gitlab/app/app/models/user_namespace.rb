# frozen_string_literal: true

class UserNamespace < Namespace
end
