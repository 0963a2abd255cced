"""What tests of the core, of plugins and of other people's plugins stand on."""
