with source as (

    select * from {{ ref('customers') }}

),

renamed as (

    select
        customer_id,
        trim(first_name) as first_name,
        trim(last_name) as last_name,
        lower(trim(email)) as email,
        nullif(trim(phone_number), '') as phone_number,
        date_of_birth + interval 18 year <= created_at as was_adult_at_signup,
        country_code,
        credit_limit,
        signup_ip,
        created_at,
        updated_at
    from source

)

select * from renamed
