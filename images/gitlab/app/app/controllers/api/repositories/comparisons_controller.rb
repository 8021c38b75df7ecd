# frozen_string_literal: true

module Api
  module Repositories
    # Two refs beside each other: their difference, and where they parted.
    class ComparisonsController < BaseController
      include InRepository

      allow_anonymous :show, :merge_base

      def show
        requires!(:from, :to)
        compare = Git::Compare.new(repository, ref!(:from), ref!(:to), straight: true_param?(:straight))
        render json: Entities::Repository.compare(compare, project: project)
      end

      def merge_base
        requires!(:refs)
        refs = list_param(:refs)
        refuse!(400, 'Provide at least 2 refs') if refs.size < 2
        commits = refs.index_with { |ref| repository.commit(ref) }
        unknown = commits.select { |_, commit| commit.nil? }.keys
        refuse!(400, "Could not find #{'ref'.pluralize(unknown.size)}: #{unknown.join(', ')}") if unknown.any?

        base = repository.merge_base(*commits.values.map(&:id)) || not_found!('Merge Base')
        render json: Entities::Repository.commit(repository.commit(base), project: project)
      end

      private

      def ref!(name) = repository.commit(params[name].to_s) || not_found!('Ref')
    end
  end
end
