# frozen_string_literal: true

module Git
  # A README as HTML. Markup of its own is left out and scripts cannot come in: that is how commonmarker
  # renders unless told otherwise. Relative links lead to the repository's files.
  class Markdown
    EXTENSIONS = %i[table strikethrough autolink tagfilter tasklist].freeze
    OUTSIDE = %r{\A(?:[a-z][a-z0-9+.-]*:|//|/|#)}i
    # The page has headings of its own above.
    SHIFT = 2

    # The block gets a path within the repository and whether it is an image, and gives its address.
    def initialize(text, folder, &address)
      @text = text
      @folder = folder
      @address = address
    end

    def html
      require 'commonmarker'
      document = CommonMarker.render_doc(@text, :DEFAULT, EXTENSIONS)
      document.walk { |node| adapt(node) }
      document.to_html(:DEFAULT, EXTENSIONS)
    end

    private

    def adapt(node)
      case node.type
      when :header then node.header_level = [node.header_level + SHIFT, 6].min
      when :link, :image then node.url = resolved(node.url, node.type == :image) unless node.url.match?(OUTSIDE)
      end
    end

    def resolved(url, image)
      path, anchor = url.split('#', 2)
      path = File.expand_path(URI.decode_uri_component(path.to_s), "/#{@folder}").delete_prefix('/')
      [@address.call(path, image), anchor].compact.join('#')
    rescue ArgumentError
      url
    end
  end
end
