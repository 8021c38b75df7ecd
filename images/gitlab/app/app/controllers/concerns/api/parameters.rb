# frozen_string_literal: true

module Api
  # Parameters are declared by the action that needs them, and refused in GitLab's words.
  module Parameters
    private

    def requires!(*names)
      absent = names.reject { |name| params.key?(name) }
      missing!(*absent) if absent.any?
    end

    def requires_one_of!(*names)
      return if names.any? { |name| params.key?(name) }

      raise Errors::Refused.new(400, error: "#{names.join(', ')} are missing, at least one parameter must be provided")
    end

    # "a,b" or ["a", "b"]
    def list_param(name)
      value = params[name]
      value.is_a?(Array) ? value.map(&:to_s) : value.to_s.split(',').map(&:strip)
    end

    def true_param?(name) = ActiveModel::Type::Boolean.new.cast(params[name]) || false

    def one_of!(name, values)
      return unless params[name]
      return params[name] if values.include?(params[name])

      raise Errors::Refused.new(400, error: "#{name} does not have a valid value")
    end

    def sorted(scope, columns, default: 'created_at')
      column = one_of!(:order_by, columns) || default
      scope.order(column => (one_of!(:sort, %w[asc desc]) || 'desc').to_sym, id: :desc)
    end
  end
end
