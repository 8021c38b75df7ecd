# frozen_string_literal: true

namespace :gitlab do
  namespace :git do
    desc 'GitLab | Git | Check all repositories for errors'
    task fsck: :environment do
      exit 1 unless Gitlab::GitFsck.new.run
    end

    desc "GitLab | Git | Print the checksum of every project's repository"
    task checksum_projects: :environment do
      Project.order(:id).find_each do |project|
        puts "#{project.id},#{project.repository.checksum}"
      rescue Gitlab::Git::NoRepository
        puts "#{project.id},repository doesn't exist"
      rescue Gitlab::Git::CommandError => e
        puts "#{project.id},#{e.message}"
      end
    end
  end
end
