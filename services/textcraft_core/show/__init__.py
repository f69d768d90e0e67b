"""A show on disk: its folder, matrix, bible and manuscripts, read leniently and written durably; knows no cycle."""
