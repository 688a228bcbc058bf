select {{ function('joined') }}(1) as note
