{{ '"""' }}{{ cookiecutter.description | replace('\\', '\\\\') | replace('"', "'") }}{{ '"""' }}
