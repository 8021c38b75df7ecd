# frozen_string_literal: true

# Form parts that tie label, hint, error and field together for screen readers.
module FormHelper
  def field(form, name, label, type: :text_field, hint: nil, **)
    errors = form.object.respond_to?(:errors) ? form.object.errors[name] : []
    ids = field_ids(form, name, hint, errors)
    tag.div(class: 'field') do
      safe_join([
                  form.label(name, label),
                  form.public_send(type, name, 'aria-describedby': ids.values.join(' ').presence,
                                               'aria-invalid': errors.any? || nil, **),
                  (tag.p(hint, id: ids[:hint], class: 'hint') if hint),
                  (tag.p("#{label} #{errors.first}", id: ids[:error], class: 'error') if errors.any?)
                ])
    end
  end

  def visibility_select(form)
    tag.div(class: 'field') do
      form.label(:visibility, 'Visibility') + form.select(:visibility, Visibility::LEVELS.keys.map { |name| [name.capitalize, name] })
    end
  end

  private

  def field_ids(form, name, hint, errors)
    base = form.field_id(name)
    { hint: hint && "#{base}_hint", error: errors.any? ? "#{base}_error" : nil }.compact
  end
end
